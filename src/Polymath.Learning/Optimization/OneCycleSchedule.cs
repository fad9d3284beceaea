namespace Polymath.Learning.Optimization;

/// <summary>
/// One cycle (Smith and Topin 2018, in torch's form): half a cosine from 1 / <see cref="Divisor"/> up to the base rate over the first
/// <see cref="Rise"/> of the steps, then half a cosine down to 1 / (Divisor x <see cref="FinalDivisor"/>). The base rate is the peak.
/// </summary>
/// <example><code>
/// double factor = new OneCycleSchedule().Factor(0, 100);   // 0.04
/// </code></example>
public sealed class OneCycleSchedule : LearningRateSchedule
{
    /// <summary>Share of the steps that climb, in [0, 1]. Default: 0.3.</summary>
    public double Rise
    {
        get;
        init => field = RequireShare(value, nameof(Rise));
    } = 0.3;

    /// <summary>How far below the peak it starts, 1 or more. Default: 25.</summary>
    public double Divisor
    {
        get;
        init => field = RequireDivisor(value, nameof(Divisor));
    } = 25;

    /// <summary>How far below the start it ends, 1 or more. Default: 10,000.</summary>
    public double FinalDivisor
    {
        get;
        init => field = RequireDivisor(value, nameof(FinalDivisor));
    } = 1e4;

    /// <inheritdoc/>
    public override string Name => "one_cycle";

    /// <inheritdoc/>
    protected override double At(long step, long total)
    {
        double peak = (Rise * total) - 1, last = total - 1, low = 1 / Divisor;
        if (step <= peak) return Between(low, 1, peak > 0 ? step / peak : 1);
        double from = Math.Max(0, peak);
        return Between(1, low / FinalDivisor, last > from ? (step - from) / (last - from) : 1);
    }

    /// <summary>Half a cosine from a to b.</summary>
    private static double Between(double a, double b, double share) => b + ((a - b) * 0.5 * (1 + Math.Cos(Math.PI * share)));

    private static double RequireDivisor(double value, string name)
        => value >= 1 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "expected a number of 1 or more.");
}
