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
                Mixes = MixesOf(model),
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

    private static TaskMix[] MixesOf(BoostedModel model)
    {
        IReadOnlyDictionary<string, double> weights = model.TaskWeights, scores = model.OutlierScores;
        return [.. weights.Select(weight => new TaskMix(weight.Key, weight.Value, scores[weight.Key]))];
    }

    private static FeatureShare[] SharesOf(BoostedModel model)
    {
        double[] gains = new double[model.Features.Count + 1];
        foreach (Tree tree in model.SharedTrees.Concat(model.OutlierTrees).Concat(model.NonOutlierTrees).Concat(model.TaskTrees.SelectMany(own => own)))
        {
            // Columns after the features say which task a row belongs to.
            foreach (TreeSplit split in tree.Splits) gains[Math.Min(split.Feature, model.Features.Count)] += split.Gain;
        }

        double total = gains.Sum();
        return total > 0
            ? [.. gains.Select((gain, feature) => new FeatureShare(feature < model.Features.Count ? model.Features[feature].Name : "(task)", gain / total)).Where(share => share.Share > 0).OrderByDescending(share => share.Share)]
            : [];
    }

    private static SearchReport SearchOf(BoostSettings settings, SearchResult search)
    {
        PointResult best = search.Best;
        return new SearchReport(search.Criterion, search.HigherIsBetter, settings.Folds, [.. search.Points.Select(point => new SearchPoint(point.Point.Name, point.Mean, point.Deviation, point == best))]);
    }
}
