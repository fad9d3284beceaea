namespace Polymath.Learning.Reporting.Charts;

/// <summary>One plot area of a <see cref="LineChart"/>: lines on one vertical scale.</summary>
/// <param name="Caption">What the vertical axis measures, written above the plot.</param>
/// <param name="Series">The lines.</param>
internal sealed record LinePanel(string Caption, IReadOnlyList<LineSeries> Series)
{
    /// <summary>A remark at the right end of the caption line, or nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>A shaded region between two lines of values, or null.</summary>
    public (double[] Low, double[] High)? Band { get; init; }
}
