namespace Polymath.Boosting;

/// <summary>A leaf while a histogram tree grows: a range of the row list, its histogram and its best split.</summary>
internal sealed class HistogramNode(int start, int count, int depth, long[] totals)
{
    /// <summary>First place in the row list.</summary>
    public int Start => start;

    /// <summary>Number of rows.</summary>
    public int Count => count;

    /// <summary>Splits above it.</summary>
    public int Depth => depth;

    /// <summary>Packed sums over its rows, by output.</summary>
    public long[] Totals => totals;

    /// <summary>Its histogram, while it may be split.</summary>
    public long[]? Histogram { get; set; }

    /// <summary>Its best split.</summary>
    public HistogramSplit Best { get; set; } = HistogramSplit.None;

    /// <summary>Least value a monotone tree allows here.</summary>
    public double Lower { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value a monotone tree allows here.</summary>
    public double Upper { get; init; } = double.PositiveInfinity;
}
