namespace Polymath.Boosting;

/// <summary>A cut of one column.</summary>
/// <param name="Feature">The column; -1 for none.</param>
/// <param name="Threshold">Values up to it go left.</param>
/// <param name="Gain">What it lowers the quadratic model of the loss by, times 2.</param>
internal readonly record struct ExactCut(int Feature, float Threshold, double Gain)
{
    /// <summary>No cut.</summary>
    public static ExactCut None => new(-1, 0, 0);
}
