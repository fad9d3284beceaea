namespace Polymath.Learning.Metrics;

/// <summary>
/// The multi-task gain Delta_m = mean over tasks of mean over that task's metrics of s (N - B) / B, with s = +1 if higher is better else
/// -1, N the multi-task and B the single-task value (Maninis et al., CVPR 2019; LibMTL@4336804 utils.count_improvement). A fraction: multiply by 100 for percent.
/// </summary>
/// <remarks>Differs from LibMTL's trainer, which takes the first epoch's result for B when none is given: here a missing baseline is an error.</remarks>
/// <example><code>
/// double gain = MultiTaskGain.Delta([new("income", "auc", true, 0.90, 0.92), new("age", "rmse", false, 10, 9.5)]);   // +0.036
/// </code></example>
public static class MultiTaskGain
{
    /// <summary>s (N - B) / B of one metric.</summary>
    /// <param name="entry">The metric.</param>
    /// <exception cref="BaselineException">The baseline is missing, not finite, zero or negative.</exception>
    public static double Relative(in TaskGain entry)
    {
        if (entry.Baseline is not { } baseline)
        {
            throw new BaselineException($"Multi-task gain: task '{entry.Task}' has no single-task baseline for {entry.Metric}, expected one; train the single-task baseline first.", entry.Task, entry.Metric);
        }

        if (!(baseline > 0) || double.IsInfinity(baseline))
        {
            throw new BaselineException($"Multi-task gain: the single-task {entry.Metric} of task '{entry.Task}' is {baseline}, expected a finite number above 0 to divide by; compare this metric by its difference.", entry.Task, entry.Metric);
        }

        return (entry.HigherIsBetter ? 1 : -1) * (entry.Value - baseline) / baseline;
    }

    /// <summary>Delta_m over all entries, tasks weighing equally however many metrics they have. NaN if a multi-task value is NaN.</summary>
    /// <param name="entries">At least one metric of at least one task.</param>
    /// <exception cref="BaselineException">No entries, or a baseline is missing, not finite, zero or negative.</exception>
    public static double Delta(ReadOnlySpan<TaskGain> entries)
    {
        if (entries.IsEmpty) throw new BaselineException("Multi-task gain: found 0 task metrics, expected at least 1 with its single-task baseline.");
        Dictionary<string, (double Sum, int Count)> tasks = new(StringComparer.Ordinal);
        foreach (TaskGain entry in entries)
        {
            (double sum, int count) = tasks.GetValueOrDefault(entry.Task);
            tasks[entry.Task] = (sum + Relative(entry), count + 1);
        }

        return tasks.Values.Average(task => task.Sum / task.Count);
    }
}
