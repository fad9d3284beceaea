namespace Polymath.Tabular;

/// <summary>What the network of a <see cref="FeatureRefinement"/> sees of the fields.</summary>
public enum RefineSqueeze
{
    /// <summary>All elements of all fields (DTRN).</summary>
    None,

    /// <summary>The mean of every field, as squeeze-and-excitation networks do (Hu et al. 2018).</summary>
    Mean,
}
