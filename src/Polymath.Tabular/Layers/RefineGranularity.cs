namespace Polymath.Tabular;

/// <summary>What one weight of a <see cref="FeatureRefinement"/> is for.</summary>
public enum RefineGranularity
{
    /// <summary>A whole field: all elements of its vector.</summary>
    Field,

    /// <summary>One element of one field.</summary>
    Element,
}
