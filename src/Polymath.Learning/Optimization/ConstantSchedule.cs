namespace Polymath.Learning.Optimization;

/// <summary>The base rate at every step after the warm-up.</summary>
/// <example><code>
/// double factor = new ConstantSchedule { Warmup = 4 }.Factor(1, 100);   // 0.5
/// </code></example>
public sealed class ConstantSchedule : LearningRateSchedule
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    protected override double At(long step, long total) => 1;
}
