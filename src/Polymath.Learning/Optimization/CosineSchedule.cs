namespace Polymath.Learning.Optimization;

/// <summary>Half a cosine from the base rate to a share of it (Loshchilov and Hutter 2017): min + (1 - min)(1 + cos(pi t / T)) / 2.</summary>
/// <example><code>
/// double factor = new CosineSchedule().Factor(50, 100);   // 0.5
/// </code></example>
public sealed class CosineSchedule : LearningRateSchedule
{
    /// <summary>Where it ends, as a share of the base rate in [0, 1]. Default: 0.</summary>
    public double Minimum
    {
        get;
        init => field = RequireShare(value, nameof(Minimum));
    }

    /// <inheritdoc/>
    public override string Name => "cosine";

    /// <inheritdoc/>
    protected override double At(long step, long total) => Minimum + ((1 - Minimum) * 0.5 * (1 + Math.Cos(Math.PI * step / total)));
}
