namespace Polymath.Merging.Sparsifying;

/// <summary>Which elements of a task vector are kept.</summary>
public enum SparsifierKind
{
    /// <summary>All.</summary>
    None,

    /// <summary>The largest magnitudes (TIES).</summary>
    Magnitude,

    /// <summary>Each with the same probability (DARE).</summary>
    Random,

    /// <summary>Neither the largest nor the smallest magnitudes (Model Breadcrumbs).</summary>
    MagnitudeOutliers,

    /// <summary>Each with a probability that grows with its rank in its row (DELLA).</summary>
    MagnitudePrune,
}
