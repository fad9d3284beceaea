namespace Polymath.Learning.Reporting;

/// <summary>Metrics of one task on one split.</summary>
/// <param name="Observed">Rows of the split on which the task's label is known; the metrics are over these.</param>
/// <param name="Values">Metric name to value; NaN where the metric is undefined (one class only, no rows).</param>
public sealed record SplitMetrics(long Observed, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>The value of a metric, or null when it was not measured.</summary>
    public double? this[string metric] => Values.TryGetValue(metric, out double value) ? value : null;
}
