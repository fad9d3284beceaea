using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Metrics;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>Turns the results of a run into its report. What was not measured stays empty.</summary>
internal static class RunReporting
{
    public static RunReport Build(
        RunSettings settings, TabularData data, MultiTaskModel model, FitResult result, IReadOnlyList<TaskScore> validation, IReadOnlyList<TaskScore> test,
        IReadOnlyList<SingleTaskFit?> singles, List<string> notes, string command)
    {
        var gains = new List<double>();
        var undefined = new List<string>();
        var tasks = new List<TaskReport>();
        for (int k = 0; k < data.Tasks.Count; k++)
        {
            SingleTaskFit? single = singles.Count == 0 ? null : singles[k];
            double? gain = GainOf(k, validation, test, single, undefined);
            if (gain is { } percent) gains.Add(percent);
            tasks.Add(TaskOf(data.Tasks[k], k, validation, test, single, gain));
        }

        // One sentence for a handful of tasks each, one for all when there are many.
        const int Handful = 3;
        if (undefined.Count <= Handful) notes.AddRange(undefined);
        else notes.Add($"{undefined.Count} of {tasks.Count} tasks have no defined gain, because their single-task metric is not above 0; compare those by the difference.");
        return new RunReport
        {
            Name = settings.Data.Length == 0 ? "demo" : SourceAddress.NameOf(settings.Data),
            Created = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            Model = settings.Model,
            Parameters = model.ParameterCount,
            FlopsPerRow = model.FlopsPerRow,
            Balancer = settings.Balancer,
            Seed = (ulong)settings.Seed,
            TrainRows = data.Train.Rows,
            ValidRows = data.Validation?.Rows ?? 0,
            TestRows = data.Test?.Rows ?? 0,
            DataSource = SourceAddress.WithoutPassword(settings.Data),
            Command = SourceAddress.WithoutPassword(command),
            Tasks = tasks,
            DeltaM = gains.Count == 0 ? null : gains.Average(),
            History = [.. result.History.Select(Epoch)],
            BestEpoch = result.BestEpoch,
            Conflict = ConflictOf(result.Conflicts),
            WallSeconds = result.Seconds,
            RowsPerSecond = result.RowsPerSecond,
            Notes = notes,
            Files = ["config.yaml", "encoder.json", "model.safetensors", "metrics.jsonl", "report.json", "report.html"],
        };
    }

    private static double? GainOf(int k, IReadOnlyList<TaskScore> validation, IReadOnlyList<TaskScore> test, SingleTaskFit? single, List<string> undefined)
    {
        (TaskScore? ours, TaskScore? baseline) = test.Count > 0 ? (test[k], single?.Test) : validation.Count > 0 ? (validation[k], single?.Validation) : (null, null);
        if (ours is null || baseline is null || double.IsNaN(ours.Value) || double.IsNaN(baseline.Value)) return null;
        try
        {
            return 100 * MultiTaskGain.Relative(new TaskGain(ours.Task, ours.Primary, ours.HigherIsBetter, baseline.Value, ours.Value));
        }
        catch (BaselineException exception)
        {
            undefined.Add(exception.Message);
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
            GainSpread = gain is null ? null : single?.GainDeviation,
            NegativeTransfer = gain < -RunVerdict.Deviations * (single?.GainDeviation ?? 0),
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
