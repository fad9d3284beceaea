namespace Polymath.Learning.Reporting;

/// <summary>What a report of boosted trees says beyond its tasks' results. What was not measured is empty or null.</summary>
public sealed record BoostingReport
{
    /// <summary>From this score on a task is named as an outlier: its mix is a quarter of the whole scale away from that of the median task.</summary>
    public const double OutlierScore = 0.25;

    /// <summary>The losses after every iteration, in order.</summary>
    public IReadOnlyList<IterationLoss> Losses { get; init; } = [];

    /// <summary>The tasks' mix of the two robust ensembles, in the order of the tasks; empty without a robust block.</summary>
    public IReadOnlyList<TaskMix> Mixes { get; init; } = [];

    /// <summary>Features by importance, largest first; empty when it was not computed.</summary>
    public IReadOnlyList<FeatureShare> Importances { get; init; } = [];

    /// <summary>The grid that was searched; null when none was.</summary>
    public SearchReport? Search { get; init; }

    /// <summary>The tasks whose score says that they do not belong with the majority, largest first.</summary>
    public IReadOnlyList<TaskMix> Outliers => [.. Mixes.Where(mix => mix.Score >= OutlierScore).OrderByDescending(mix => mix.Score)];

    /// <summary>"Which tasks do not belong?", answered in one sentence; empty without a robust block.</summary>
    public string OutlierSentence
    {
        get
        {
            const int MostNamed = 5;
            IReadOnlyList<TaskMix> outliers = Outliers;
            if (Mixes.Count == 0) return string.Empty;
            if (outliers.Count == 0) return $"No task stands out: every mix is within {Numbers.Metric(Mixes.Max(mix => mix.Score))} of the median.";
            if (2 * outliers.Count >= Mixes.Count) return $"The tasks fall into groups without a majority: {outliers.Count} of {Mixes.Count} are far from the median mix, so that none can be called an outlier.";
            string named = string.Join(", ", outliers.Take(MostNamed).Select(mix => $"{mix.Task} ({mix.Score.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)})"));
            return $"{outliers.Count} of {Mixes.Count} tasks {(outliers.Count == 1 ? "does" : "do")} not belong with the majority: {named}{(outliers.Count > MostNamed ? $" and {outliers.Count - MostNamed} more" : string.Empty)}.";
        }
    }
}
