namespace Polymath.Learning.Balancing;

/// <summary>The singular value that <see cref="AlignedMTL"/> gives to every principal component.</summary>
public enum AlignedScale
{
    /// <summary>The smallest singular value kept, as in the paper.</summary>
    Min,

    /// <summary>The median of those kept; of an even number the lower one of the middle two.</summary>
    Median,

    /// <summary>The root of the mean of their squares.</summary>
    Rmse,
}
