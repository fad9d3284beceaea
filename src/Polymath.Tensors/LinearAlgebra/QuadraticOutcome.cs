namespace Polymath.Tensors.LinearAlgebra;

/// <summary>How a non-negative quadratic programme ended.</summary>
public enum QuadraticOutcome
{
    /// <summary>The optimality (KKT) conditions hold to rounding.</summary>
    Solved,

    /// <summary>The objective falls without bound; the returned vector is a direction x >= 0 with R x = 0 along which it does.</summary>
    Unbounded,

    /// <summary>Rounding stopped the progress; the returned point is feasible and the best one seen.</summary>
    Stalled,
}
