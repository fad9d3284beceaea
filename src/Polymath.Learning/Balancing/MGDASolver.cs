namespace Polymath.Learning.Balancing;

/// <summary>How <see cref="MGDA"/> looks for the minimum-norm point.</summary>
public enum MGDASolver
{
    /// <summary>Exactly, by an active-set method.</summary>
    Exact,

    /// <summary>As LibMTL: best pair, then at most 250 projected steps; inexact when scales differ. For comparison only.</summary>
    LibMtl,

    /// <summary>As TorchJD: Frank-Wolfe with early stopping. For comparison only.</summary>
    TorchJD,
}
