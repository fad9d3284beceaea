namespace Polymath.Merging.Blending;

/// <summary>How a sparsified task vector is scaled up again where a method's <c>rescale</c> is on.</summary>
public enum RescaleMode
{
    /// <summary>By the ratio of L1 norms before and after, which mergekit does.</summary>
    L1NormMatch,

    /// <summary>By 1 / density, the rule of the DARE paper (Yu et al., ICML 2024).</summary>
    InverseKeepProbability,
}
