namespace Polymath.Learning.Optimization;

/// <summary>The rate times gamma after every so many steps: gamma^floor(t / every).</summary>
/// <example><code>
/// double factor = new StepSchedule { Every = 30, Gamma = 0.5 }.Factor(65, 100);   // 0.25
/// </code></example>
public sealed class StepSchedule : LearningRateSchedule
{
    /// <summary>Steps between drops: a count when 1 or more, a share of the steps after the warm-up when less. Default: 0.3.</summary>
    public double Every
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Every), value, "expected a number more than 0.");
    } = 0.3;

    /// <summary>Factor of each drop, in [0, 1]. Default: 0.1.</summary>
    public double Gamma
    {
        get;
        init => field = RequireShare(value, nameof(Gamma));
    } = 0.1;

    /// <inheritdoc/>
    public override string Name => "step";

    /// <inheritdoc/>
    protected override double At(long step, long total) => Math.Pow(Gamma, step / Math.Max(1, Steps(Every, total)));
}
