using Polymath.Learning.Metrics;
using Polymath.Learning.Training;

namespace Polymath.Learning.Reporting;

/// <summary>One task's scores beside those of its single-task baseline, whatever kind of model made them.</summary>
public static class TaskComparison
{
    private const string ValidationSplit = "valid", TestSplit = "test";

    /// <summary>The report of a task. The gain is quoted from the test rows, else from the validation rows.</summary>
    /// <param name="target">The task.</param>
    /// <param name="validation">Score on the validation rows; null without any.</param>
    /// <param name="test">Score on the test rows; null without any.</param>
    /// <param name="single">The same scores of the single-task baseline; null when there is no baseline.</param>
    /// <param name="spread">Standard deviation of the gain in percentage points, when there is a gain; null when unknown.</param>
    /// <param name="undefined">Told why a gain is not defined.</param>
    public static TaskReport Of(Target target, TaskScore? validation, TaskScore? test, (TaskScore? Validation, TaskScore? Test)? single, Func<double?> spread, List<string> undefined)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(spread);
        TaskScore? ours = test ?? validation;
        double? gain = GainOf(target, ours, test is null ? single?.Validation : single?.Test, undefined), deviation = gain is null ? null : spread();
        Metric primary = Evaluation.PrimaryMetric(target);
        return new TaskReport
        {
            Name = target.Name,
            Kind = target.Kind.ToString().ToLowerInvariant(),
            PrimaryMetric = ours?.Primary ?? primary.Name,
            HigherIsBetter = ours?.HigherIsBetter ?? primary.HigherIsBetter,
            Splits = Splits(validation, test),
            SingleTask = single is { } scores ? Splits(scores.Validation, scores.Test) : null,
            GainPercent = gain,
            GainSpread = deviation,
            NegativeTransfer = gain < -RunVerdict.Deviations * (deviation ?? 0),
        };
    }

    /// <summary>Gain over the baseline in percent, by <see cref="GainMetric"/>; null when it is not defined.</summary>
    /// <param name="target">The task.</param>
    /// <param name="ours">Score of the multi-task model.</param>
    /// <param name="baseline">Score of the single-task model on the same rows.</param>
    /// <param name="undefined">Told why a gain is not defined.</param>
    public static double? GainOf(Target target, TaskScore? ours, TaskScore? baseline, List<string> undefined)
    {
        ArgumentNullException.ThrowIfNull(undefined);
        // On a row or two the metric that is shown says nothing, and neither would a gain.
        if (ours is null || baseline is null || double.IsNaN(ours.Value) || double.IsNaN(baseline.Value)) return null;
        Metric metric = GainMetric.Of(target);
        double value = ours.Metrics[metric.Name], reference = baseline.Metrics[metric.Name];
        if (double.IsNaN(value) || double.IsNaN(reference)) return null;
        try
        {
            return 100 * MultiTaskGain.Relative(new TaskGain(ours.Task, metric.Name, metric.HigherIsBetter, reference, value));
        }
        catch (BaselineException exception)
        {
            undefined.Add(exception.Message);
            return null;
        }
    }

    /// <summary>One sentence for a handful of tasks each, one for all when there are many.</summary>
    /// <param name="undefined">Why gains are not defined.</param>
    /// <param name="tasks">Tasks in all.</param>
    public static IEnumerable<string> Explain(IReadOnlyList<string> undefined, int tasks)
    {
        ArgumentNullException.ThrowIfNull(undefined);
        const int Handful = 3;
        return undefined.Count <= Handful ? undefined : [$"{undefined.Count} of {tasks} tasks have no defined gain, because their single-task metric is not above 0; compare those by the difference."];
    }

    private static Dictionary<string, SplitMetrics> Splits(TaskScore? validation, TaskScore? test)
    {
        var splits = new Dictionary<string, SplitMetrics>(StringComparer.Ordinal);
        if (validation is not null) splits[ValidationSplit] = new SplitMetrics(validation.Observed, validation.Metrics);
        if (test is not null) splits[TestSplit] = new SplitMetrics(test.Observed, test.Metrics);
        return splits;
    }
}
