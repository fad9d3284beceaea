namespace Polymath.Learning.Metrics;

/// <summary>A metric with the number of observations behind it.</summary>
/// <param name="Value">The metric; NaN where it is undefined (no rows, one class, a constant target, a NaN prediction).</param>
/// <param name="Count">How many observed rows it was computed from.</param>
public readonly record struct MetricValue(double Value, int Count)
{
    /// <summary>The undefined metric of <paramref name="count"/> rows.</summary>
    /// <param name="count">Number of rows.</param>
    public static MetricValue Undefined(int count) => new(double.NaN, count);

    /// <summary>Whether the metric is defined.</summary>
    public bool IsDefined => !double.IsNaN(Value);
}
