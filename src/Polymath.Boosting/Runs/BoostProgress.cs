namespace Polymath.Boosting.Runs;

/// <summary>Where a run of boosted trees is.</summary>
/// <param name="Stage">What it is at, for people: "search 12/60: shared=20 task=50, fold 3", "multi-task", "single-task".</param>
/// <param name="Done">Fits finished.</param>
/// <param name="Fits">Fits in all.</param>
/// <param name="Fit">How far the fit at work is; null when it has just begun.</param>
public readonly record struct BoostProgress(string Stage, int Done, int Fits, BoostingProgress? Fit)
{
    /// <summary>The part done, in [0, 1], if all fits cost the same.</summary>
    public double Fraction => (Done + (Fit is { Total: > 0 } fit ? (double)fit.Done / fit.Total : 0)) / Math.Max(1, Fits);
}
