namespace Polymath.Learning.Losses;

/// <summary>A spherical loss of one example with K target classes, and its partial derivatives.</summary>
/// <param name="targets">The outputs of the target classes, <c>[K]</c>.</param>
/// <param name="squares">q, the sum of the squares of all outputs.</param>
/// <param name="sum">s, the sum of all outputs.</param>
/// <param name="classes">D.</param>
/// <param name="targetGradients">Receives dL/do_c of each target with q and s held fixed, <c>[K]</c>.</param>
/// <param name="squaresGradient">Receives dL/dq.</param>
/// <param name="sumGradient">Receives dL/ds.</param>
/// <returns>The loss.</returns>
public delegate double SphericalFunction(
    ReadOnlySpan<double> targets, double squares, double sum, int classes, Span<double> targetGradients, out double squaresGradient, out double sumGradient);
