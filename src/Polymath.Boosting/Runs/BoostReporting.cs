using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Metrics;
using Polymath.Learning.Reporting;
using Polymath.Tensors;

namespace Polymath.Boosting.Runs;

/// <summary>Turns the results of a run into its report. What was not measured stays empty.</summary>
internal static class BoostReporting
{
    public static RunReport Build(BoostSettings settings, BoostData data, BoostedModel model, BoostScores scores, BoostScores? singles, SearchResult? search, double seconds, string command)
    {
        var undefined = new List<string>();
        var notes = new List<string>(data.Notes);
        TaskReport[] tasks = [.. data.Tasks.Select((target, k) => TaskOf(target, k, settings, scores, singles, undefined))];
        if (data.Tasks.Zip(tasks).Any(pair => GainMetric.Differs(pair.First) && pair.Second.GainPercent is not null)) notes.Add(GainMetric.Note);
        notes.AddRange(TaskComparison.Explain(undefined, tasks.Length));
        TaskMix[] mixes = MixesOf(model);
        notes.AddRange(NotesOn(model, mixes));
        double[] gains = [.. tasks.Select(task => task.GainPercent).OfType<double>()];
        long trees = model.SharedTrees.Count + model.OutlierTrees.Count + model.NonOutlierTrees.Count + model.TaskTrees.Sum(own => (long)own.Count);
        string[] files = ["config.yaml", "encoder.json", "model.safetensors", "metrics.jsonl", "report.json", "report.html"];
        return new RunReport
        {
            Name = SourceAddress.NameOf(settings.Data),
            Created = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            Model = string.Create(CultureInfo.InvariantCulture, $"{BoostPreset.Settle(settings)}{(settings.Paper ? " as in the paper" : string.Empty)}, {trees:N0} trees"),
            Seed = (ulong)settings.Seed,
            TrainRows = data.Train.Rows,
            ValidRows = data.Validation?.Rows ?? 0,
            TestRows = data.Test?.Rows ?? 0,
            DataSource = SourceAddress.WithoutPassword(settings.Data),
            Command = SourceAddress.WithoutPassword(command),
            Tasks = tasks,
            DeltaM = gains.Length == 0 ? null : gains.Average(),
            WallSeconds = seconds,
            Boosting = new BoostingReport
            {
                Losses = [.. model.History.Select(loss => new IterationLoss(loss.Block.ToString().ToLowerInvariant(), loss.Iteration, loss.TrainingLoss, loss.ValidationLoss))],
                Mixes = mixes,
                Importances = SharesOf(model),
                Search = search is null ? null : SearchOf(settings, search),
            },
            Notes = notes,
            Files = search is null ? files : [.. files, "search.jsonl"],
        };
    }

    private static TaskReport TaskOf(Target target, int k, BoostSettings settings, BoostScores scores, BoostScores? singles, List<string> undefined) => TaskComparison.Of(
        target,
        BoostScores.At(scores.Validation, k),
        BoostScores.At(scores.Test, k),
        singles is null ? null : (BoostScores.At(singles.Validation, k), BoostScores.At(singles.Test, k)),
        () => SpreadOf(target, k, settings, scores, singles!),
        undefined);

    /// <summary>Standard deviation of the gain over resampled rows, in percentage points; null when undefined.</summary>
    private static double? SpreadOf(Target target, int k, BoostSettings settings, BoostScores scores, BoostScores singles)
    {
        TaskAnswers ours = scores.Headline[k], alone = singles.Headline[k];
        double deviation = PairedBootstrap.GainDeviation(GainMetric.Of(target), ours.Labels, ours.Predictions, alone.Predictions, target.ClassCount, new RandomStream((ulong)settings.Seed).Derive("bootstrap"));
        return double.IsNaN(deviation) ? null : 100 * deviation;
    }

    private static IEnumerable<string> NotesOn(BoostedModel model, TaskMix[] mixes)
    {
        const double End = 0.1;
        if (model.Options.RobustIterations > 0 && model.OutlierTrees.Count == 0)
            yield return "The robust trees did not lower the validation loss, so none was kept and no task can be called an outlier; --patience 0 keeps them.";
        if (model.Options.Theta == ThetaStep.Sum && 2 * mixes.Count(mix => mix.Weight is < End or > 1 - End) > mixes.Length)
            yield return "Most mixes are near an end of their scale: a step by the sum over many rows takes them there at once; --theta-step mean moves them gradually and tells tasks apart better.";
    }

    /// <summary>Empty when no robust tree was kept: theta then mixes nothing.</summary>
    private static TaskMix[] MixesOf(BoostedModel model)
    {
        if (model.OutlierTrees.Count == 0) return [];
        IReadOnlyDictionary<string, double> weights = model.TaskWeights, scores = model.OutlierScores;
        return [.. weights.Select(weight => new TaskMix(weight.Key, weight.Value, scores[weight.Key]))];
    }

    private static FeatureShare[] SharesOf(BoostedModel model)
        => [.. model.FeatureImportances().Where(feature => feature.Value > 0).OrderByDescending(feature => feature.Value).Select(feature => new FeatureShare(feature.Feature, feature.Value))];

    private static SearchReport SearchOf(BoostSettings settings, SearchResult search)
    {
        PointResult best = search.Best;
        return new SearchReport(search.Criterion, search.HigherIsBetter, settings.Folds, [.. search.Points.Select(point => new SearchPoint(point.Point.Name, point.Mean, point.Deviation, point == best))]);
    }
}
