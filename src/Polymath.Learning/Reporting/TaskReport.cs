namespace Polymath.Learning.Reporting;

/// <summary>One task's results.</summary>
public sealed record TaskReport
{
    /// <summary>Name of the task.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of task: "binary", "multiclass", "regression" ...</summary>
    public string Kind { get; init; } = "";

    /// <summary>Name of the metric the task is judged by; a key of the splits' metrics.</summary>
    public string PrimaryMetric { get; init; } = "";

    /// <summary>Whether more of the primary metric is better.</summary>
    public bool HigherIsBetter { get; init; } = true;

    /// <summary>The multi-task model's metrics per split: "train", "valid", "test".</summary>
    public IReadOnlyDictionary<string, SplitMetrics> Splits { get; init; } = new Dictionary<string, SplitMetrics>();

    /// <summary>The single-task baseline's metrics per split; null when none was trained.</summary>
    public IReadOnlyDictionary<string, SplitMetrics>? SingleTask { get; init; }

    /// <summary>
    /// Gain of the primary metric over the single-task baseline, in percent of the baseline, positive when sharing helped; null without a baseline.
    /// </summary>
    public double? GainPercent { get; init; }

    /// <summary>Standard deviation of the gain in percentage points: over resampled test rows or over seeds, whichever is larger; null when unknown.</summary>
    public double? GainSpread { get; init; }

    /// <summary>Whether the run judged that sharing hurt this task beyond noise.</summary>
    public bool NegativeTransfer { get; init; }

    /// <summary>The split results are quoted from: "test" if it is there, else "valid", else the first; null when there is none.</summary>
    public string? HeadlineSplit => Splits.ContainsKey("test") ? "test" : Splits.ContainsKey("valid") ? "valid" : Splits.Keys.FirstOrDefault();

    /// <summary>The gain when it is a finite number, else null.</summary>
    internal double? FiniteGain => GainPercent is double gain && double.IsFinite(gain) ? gain : null;
}
