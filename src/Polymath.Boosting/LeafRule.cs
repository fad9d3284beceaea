namespace Polymath.Boosting;

/// <summary>What a leaf holds.</summary>
public enum LeafRule
{
    /// <summary>A Newton step: the negative sum of gradients over the sum of curvatures; for losses whose curvature says nothing (absolute, huber, quantile), the constant of least loss.</summary>
    Newton,

    /// <summary>The mean of the negative gradient: every curvature counts as 1.</summary>
    Mean,
}
