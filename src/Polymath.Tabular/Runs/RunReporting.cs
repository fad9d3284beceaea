using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Metrics;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>Turns the results of a run into its report. What was not measured stays empty.</summary>
internal static class RunReporting
{
    private const string Unbounded = "r2", Error = "rmse";

    public static RunReport Build(
        RunSettings settings, RunData data, MultiTaskModel model, FitResult result, IReadOnlyList<TaskScore> validation, IReadOnlyList<TaskScore> test,
        IReadOnlyList<SingleTaskFit?> singles, List<string> notes, string command, double seconds, double rowsPerSecond)
    {
        var gains = new List<double>();
        var tasks = new List<TaskReport>();
        for (int k = 0; k < data.Tasks.Count; k++)
        {
            SingleTaskFit? single = singles.Count == 0 ? null : singles[k];
            double? gain = GainOf(k, validation, test, single, notes);
            if (gain is { } percent) gains.Add(percent);
            tasks.Add(TaskOf(data.Tasks[k], k, validation, test, single, gain));
        }

        if (tasks.Any(task => task.PrimaryMetric == Unbounded && task.GainPercent is not null)) notes.Add("The gain of a task scored by R2 is the relative fall of its RMSE.");
        return new RunReport
        {
            Name = System.IO.Path.GetFileNameWithoutExtension(settings.Data.Length == 0 ? "demo" : settings.Data),
            Created = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            Model = settings.Model,
            Parameters = model.ParameterCount,
            FlopsPerRow = model.FlopsPerRow,
            Balancer = settings.Balancer,
            Seed = (ulong)settings.Seed,
            TrainRows = data.Train.Rows,
            ValidRows = data.Validation?.Rows ?? 0,
            TestRows = data.Test?.Rows ?? 0,
            DataSource = DescribeSource(settings.Data),
            Command = command,
            Tasks = tasks,
            DeltaM = gains.Count == 0 ? null : gains.Average(),
            History = [.. result.History.Select(Epoch)],
            BestEpoch = result.BestEpoch,
            Conflict = ConflictOf(result.Conflicts),
            WallSeconds = seconds,
            RowsPerSecond = rowsPerSecond,
            Notes = notes,
            Files = ["config.yaml", "encoder.json", "model.safetensors", "metrics.jsonl", "report.json", "report.html"],
        };
    }

    /// <summary>A data source without the password of a connection address.</summary>
    private static string DescribeSource(string source)
    {
        int scheme = source.IndexOf("://", StringComparison.Ordinal), at = source.IndexOf('@', StringComparison.Ordinal);
        return scheme > 0 && at > scheme ? $"{source[..(scheme + 3)]}...{source[at..]}" : source;
    }

    /// <summary>
    /// The relative gain over the single-task model, in percent. R2 can be zero or negative, so that nothing can be divided by it:
    /// where it is the primary metric the gain is the relative fall of the RMSE, which has the same sign.
    /// </summary>
    private static double? GainOf(int k, IReadOnlyList<TaskScore> validation, IReadOnlyList<TaskScore> test, SingleTaskFit? single, List<string> notes)
    {
        (TaskScore? ours, TaskScore? baseline) = test.Count > 0 ? (test[k], single?.Test) : validation.Count > 0 ? (validation[k], single?.Validation) : (null, null);
        if (ours is null || baseline is null) return null;
        (string metric, bool higherIsBetter) = ours.Primary == Unbounded ? (Error, false) : (ours.Primary, ours.HigherIsBetter);
        double value = ours.Metrics[metric], reference = baseline.Metrics[metric];
        if (double.IsNaN(value) || double.IsNaN(reference)) return null;
        try
        {
            return 100 * MultiTaskGain.Relative(new TaskGain(ours.Task, metric, higherIsBetter, reference, value));
        }
        catch (BaselineException exception)
        {
            notes.Add(exception.Message);
            return null;
        }
    }

    private static TaskReport TaskOf(Target target, int k, IReadOnlyList<TaskScore> validation, IReadOnlyList<TaskScore> test, SingleTaskFit? single, double? gain)
    {
        TaskScore? any = test.Count > 0 ? test[k] : validation.Count > 0 ? validation[k] : null;
        Metric primary = Evaluation.PrimaryMetric(target);
        return new TaskReport
        {
            Name = target.Name,
            Kind = target.Kind.ToString().ToLowerInvariant(),
            PrimaryMetric = any?.Primary ?? primary.Name,
            HigherIsBetter = any?.HigherIsBetter ?? primary.HigherIsBetter,
            Splits = Splits(validation.Count > 0 ? validation[k] : null, test.Count > 0 ? test[k] : null),
            SingleTask = single is null ? null : Splits(single.Validation, single.Test),
            GainPercent = gain,
            NegativeTransfer = gain < 0,
        };
    }

    private static Dictionary<string, SplitMetrics> Splits(TaskScore? validation, TaskScore? test)
    {
        var splits = new Dictionary<string, SplitMetrics>(StringComparer.Ordinal);
        if (validation is not null) splits["valid"] = new SplitMetrics(validation.Observed, validation.Metrics);
        if (test is not null) splits["test"] = new SplitMetrics(test.Observed, test.Metrics);
        return splits;
    }

    private static EpochReport Epoch(EpochRecord record)
        => new(record.Epoch, record.TrainLoss, [.. record.Validation.Select(score => score.Value)], record.Weights);

    private static GradientConflict? ConflictOf(ConflictStatistics conflicts)
    {
        if (conflicts.Pairs == 0) return null;
        double[] cosines = new double[conflicts.Tasks * conflicts.Tasks];
        for (int i = 0; i < conflicts.Tasks; i++)
        {
            for (int j = 0; j < conflicts.Tasks; j++) cosines[(i * conflicts.Tasks) + j] = conflicts.Cosine(i, j);
        }

        return new GradientConflict(conflicts.Tasks, cosines, conflicts.ConflictRate, conflicts.Steps);
    }
}
