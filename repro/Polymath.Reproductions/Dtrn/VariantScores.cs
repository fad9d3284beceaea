namespace Polymath.Reproductions.Dtrn;

/// <summary>Test AUC of named variants: one list per variant, one entry per seed, one number per task.</summary>
internal sealed class VariantScores
{
    private readonly Dictionary<string, List<double[]>> _scores = new(StringComparer.Ordinal);

    /// <summary>Adds the next seed of a variant.</summary>
    public void Add(string variant, double[] aucs)
    {
        if (!_scores.TryGetValue(variant, out List<double[]>? seeds)) _scores[variant] = seeds = [];
        seeds.Add(aucs);
    }

    /// <summary>AUC of one task, by seed.</summary>
    public double[] OfTask(string variant, int task) => [.. _scores[variant].Select(aucs => aucs[task])];

    /// <summary>Mean AUC over the tasks, by seed.</summary>
    public double[] Mean(string variant) => [.. _scores[variant].Select(aucs => aucs.Average())];

    /// <summary>Whether a variant was measured.</summary>
    public bool Has(string variant) => _scores.ContainsKey(variant);

    /// <summary>A row of a table: AUC of every task, their mean, and the gain over a baseline with the same seed.</summary>
    public IReadOnlyList<ReportCell> Row(string variant, string baseline, double? reference)
    {
        int tasks = _scores[variant][0].Length;
        return
        [
            variant,
            .. Enumerable.Range(0, tasks).Select(task => ReportCell.Over(OfTask(variant, task), decimals: 4)),
            ReportCell.Over(Mean(variant), reference, 4),
            variant == baseline ? "-" : ReportCell.Over(PairedComparison.Differences(Mean(variant), Mean(baseline)), decimals: 4),
        ];
    }
}
