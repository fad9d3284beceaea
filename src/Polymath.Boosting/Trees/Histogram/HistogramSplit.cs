namespace Polymath.Boosting;

/// <summary>The best way found to split a node.</summary>
/// <param name="Feature">The feature; -1 for none.</param>
/// <param name="Bin">The last bin that goes left; for a category, how many bins go left in the order of their mean gradients.</param>
/// <param name="MissingLeft">Whether missing values go left.</param>
/// <param name="Gain">What it lowers the quadratic model of the loss by, times 2.</param>
internal readonly record struct HistogramSplit(int Feature, int Bin, bool MissingLeft, double Gain)
{
    /// <summary>No split.</summary>
    public static HistogramSplit None => new(-1, 0, false, 0);
}
