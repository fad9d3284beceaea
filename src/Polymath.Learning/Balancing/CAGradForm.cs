namespace Polymath.Learning.Balancing;

/// <summary>Which reference library's constants <see cref="CAGrad"/> uses.</summary>
public enum CAGradForm
{
    /// <summary>The official code and LibMTL: 1e-8 under every root, then the rescale.</summary>
    LibMtl,

    /// <summary>TorchJD: Gramian normalised by its trace, no smoothing, no rescale, zero near the Pareto front.</summary>
    TorchJD,
}
