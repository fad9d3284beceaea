namespace Polymath.Data;

/// <summary>How numbers are encoded.</summary>
public enum NumericTransform
{
    /// <summary>(value - mean) / standard deviation of the training rows.</summary>
    Standardise,

    /// <summary>Rank among the training rows, mapped to a standard normal score: immune to outliers and skew.</summary>
    Quantile,

    /// <summary>As it is.</summary>
    None,
}
