namespace Polymath.Tabular.Comparing;

/// <summary>What came of one model with one balancer.</summary>
/// <param name="Cell">The model and the balancer.</param>
/// <param name="Runs">Its trainings by seed, failed ones too.</param>
/// <param name="Tasks">The primary metric of every task.</param>
/// <param name="Mean">The mean over tasks of the primary metrics, each turned so that larger is better.</param>
/// <param name="Gain">Delta_m over single-task models in percent, by seed; null when the grid has none, for them, and where no gain is defined.</param>
public sealed record CellResult(ComparisonCell Cell, IReadOnlyList<ComparisonRun> Runs, IReadOnlyList<CellScore> Tasks, CellScore Mean, CellScore? Gain)
{
    /// <summary>The trainings that have a result.</summary>
    public IReadOnlyList<ComparisonRun> Finished { get; } = [.. Runs.Where(run => run.Error is null)];

    /// <summary>Why a training failed, the first of the reasons; null when all have a result.</summary>
    public string? Failure => Runs.FirstOrDefault(run => run.Error is not null)?.Error;

    /// <summary>Whether there is anything to compare.</summary>
    public bool HasResult => Finished.Count > 0;

    /// <summary>Trained values.</summary>
    public long Parameters => HasResult ? Finished[0].Parameters : 0;

    /// <summary>Multiplications and additions for one input row.</summary>
    public long FlopsPerRow => HasResult ? Finished[0].FlopsPerRow : 0;

    /// <summary>Mean seconds of a training.</summary>
    public double Seconds => HasResult ? Finished.Average(run => run.Seconds) : double.NaN;

    /// <summary>Mean training rows per second.</summary>
    public double RowsPerSecond => HasResult ? Finished.Average(run => run.RowsPerSecond) : double.NaN;

    /// <summary>Mean epochs of a training.</summary>
    public double Epochs => HasResult ? Finished.Average(run => run.Epochs) : double.NaN;
}
