namespace Polymath.Tensors;

/// <summary>A spherical loss of one row and its three partial derivatives, from which the whole gradient follows: dL/do = Target e_c + 2 Squares o + Sum.</summary>
/// <param name="Value">L(o_c, q, s).</param>
/// <param name="Target">dL/do_c with q and s held fixed.</param>
/// <param name="Squares">dL/dq, q = sum o^2.</param>
/// <param name="Sum">dL/ds, s = sum o.</param>
public readonly record struct SphericalPartials(double Value, double Target, double Squares, double Sum);
