namespace Polymath.Boosting;

/// <summary>The part of the data one tree is grown on, drawn anew for every iteration.</summary>
/// <param name="Rows">Row numbers in ascending order; null for all rows.</param>
/// <param name="Features">Whether each column may be split on; null for all.</param>
internal readonly record struct TreeSample(int[]? Rows, bool[]? Features)
{
    /// <summary>Everything.</summary>
    public static TreeSample All => default;

    /// <summary>Whether a column may be split on.</summary>
    public bool Allows(int feature) => Features is null || Features[feature];
}
