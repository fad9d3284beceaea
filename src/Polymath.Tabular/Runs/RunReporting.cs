using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>Turns the results of a run into its report. What was not measured stays empty.</summary>
internal static class RunReporting
{
    public static RunReport Build(RunSettings settings, TabularData data, MultiTaskModel model, IReadOnlyList<RunResults> seeds, List<string> notes, string command)
    {
        FitResult result = seeds[0].Fit;
        var undefined = new List<string>();
        TaskReport[] tasks = [.. data.Tasks.Select((target, k) => TaskOf(target, k, seeds, undefined))];
        double?[] gains = [.. tasks.Select(task => task.GainPercent).Where(gain => gain is not null)];
        double?[] means = [.. seeds.Select(seed => Mean(data.Tasks.Select((target, k) => TaskComparison.GainOf(target, Headline([seed], k), Baseline([seed], k), []))))];

        if (data.Tasks.Zip(tasks).Any(pair => GainMetric.Differs(pair.First) && pair.Second.GainPercent is not null)) notes.Add(GainMetric.Note);

        notes.AddRange(model is TabularModel tabular ? tabular.Notes : []);
        notes.AddRange(TaskComparison.Explain(undefined, tasks.Length));
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
            DeltaM = Mean(gains),
            DeltaMSpread = Deviation(means),
            History = [.. result.History.Select(Epoch)],
            BestEpoch = result.BestEpoch,
            Conflict = ConflictOf(result.Conflicts),
            WallSeconds = result.Seconds,
            RowsPerSecond = result.RowsPerSecond,
            Memory = result.Memory,
            Balancing = SolverStatuses.Total(result.History.Select(epoch => epoch.Statuses)),
            Experts = model is IExpertModel experts ? ExpertDiagnostics.Of(experts, data.Validation ?? data.Train) : null,
            Notes = notes,
            Files = ["config.yaml", "encoder.json", "model.safetensors", "metrics.jsonl", "report.json", "report.html"],
        };
    }

    private static TaskReport TaskOf(Target target, int k, IReadOnlyList<RunResults> seeds, List<string> undefined) => TaskComparison.Of(
        target,
        Average(seeds, seed => At(seed.Validation, k)),
        Average(seeds, seed => At(seed.Test, k)),
        seeds.Any(seed => Single(seed, k) is not null) ? (Average(seeds, seed => Single(seed, k)?.Validation), Average(seeds, seed => Single(seed, k)?.Test)) : null,
        () => SpreadOf(target, k, seeds),
        undefined);

    /// <summary>Standard deviation of a gain: over seeds, or over resampled rows where that is larger or all there is.</summary>
    private static double? SpreadOf(Target target, int k, IReadOnlyList<RunResults> seeds)
    {
        double? overSeeds = Deviation([.. seeds.Select(seed => TaskComparison.GainOf(target, Headline([seed], k), Baseline([seed], k), []))]);
        double? overRows = Mean(seeds.Select(seed => Single(seed, k)?.GainDeviation));
        return overSeeds is null || overRows > overSeeds ? overRows : overSeeds;
    }

    private static TaskScore? Headline(IReadOnlyList<RunResults> seeds, int k)
        => Average(seeds, seed => At(seed.Test, k)) ?? Average(seeds, seed => At(seed.Validation, k));

    private static TaskScore? Baseline(IReadOnlyList<RunResults> seeds, int k)
        => seeds[0].Test.Count > 0 ? Average(seeds, seed => Single(seed, k)?.Test) : Average(seeds, seed => Single(seed, k)?.Validation);

    private static SingleTaskFit? Single(RunResults seed, int k) => seed.Singles.Count == 0 ? null : seed.Singles[k];

    private static TaskScore? At(IReadOnlyList<TaskScore> scores, int k) => scores.Count == 0 ? null : scores[k];

    /// <summary>One score whose metrics are the means over seeds; null when no seed has one.</summary>
    private static TaskScore? Average(IReadOnlyList<RunResults> seeds, Func<RunResults, TaskScore?> select)
    {
        TaskScore[] scores = [.. seeds.Select(select).OfType<TaskScore>()];
        return scores.Length < 2 ? scores.FirstOrDefault() : scores[0] with
        {
            Metrics = scores[0].Metrics.Keys.ToDictionary(name => name, name => scores.Average(score => score.Metrics[name]), StringComparer.Ordinal),
        };
    }

    private static double? Mean(IEnumerable<double?> values)
    {
        double[] defined = [.. values.OfType<double>()];
        return defined.Length == 0 ? null : defined.Average();
    }

    private static double? Deviation(double?[] values)
    {
        double[] defined = [.. values.OfType<double>()];
        if (defined.Length < 2) return null;
        double mean = defined.Average();
        return Math.Sqrt(defined.Sum(value => (value - mean) * (value - mean)) / (defined.Length - 1));
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
