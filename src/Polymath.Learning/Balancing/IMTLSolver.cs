namespace Polymath.Learning.Balancing;

/// <summary>How <see cref="IMTL"/> solves for its weights.</summary>
public enum IMTLSolver
{
    /// <summary>On unit gradients, so that the solution is right however much the norms differ.</summary>
    Exact,

    /// <summary>With TorchJD's pseudo-inverse, which drops eigenvalues of A below K 2^-23 of the largest: tasks of small gradients with them.</summary>
    TorchJD,
}
