namespace Polymath.Learning.Optimization;

/// <summary>
/// How the learning rate moves: a factor on the base rate that depends on the step and the number of steps only, so nothing has to be saved.
/// The first <see cref="Warmup"/> steps climb linearly, (step + 1) / warm-up; the schedule itself runs over the rest.
/// </summary>
/// <example><code>
/// LearningRateSchedule schedule = new CosineSchedule { Warmup = 100 };
/// double factor = schedule.Factor(step: 0, total: 1000);   // 0.01
/// </code></example>
public abstract class LearningRateSchedule
{
    /// <summary>The base rate at every step.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>The registry name.</summary>
    public abstract string Name { get; }

    /// <summary>Steps of linear warm-up: a count when 1 or more, a share of all steps when less. Default: 0.</summary>
    public double Warmup
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Warmup), value, "expected 0 or more.");
    }

    /// <summary>The factor at a step.</summary>
    /// <param name="step">Steps already taken, from 0; beyond the last step the last factor stays.</param>
    /// <param name="total">Steps in all, at least 1.</param>
    /// <returns>0 or more.</returns>
    public double Factor(long step, long total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        step = Math.Min(step, total - 1);
        long warmup = Math.Min(total, Steps(Warmup, total));
        return step < warmup ? (step + 1.0) / warmup : At(step - warmup, total - warmup);
    }

    /// <summary>The factor after the warm-up.</summary>
    /// <param name="step">In [0, <paramref name="total"/>).</param>
    /// <param name="total">Steps after the warm-up, at least 1.</param>
    protected abstract double At(long step, long total);

    /// <summary>A number of steps from a count (1 or more) or a share of all (less).</summary>
    private protected static long Steps(double amount, long total) => (long)Math.Round(amount < 1 ? amount * total : amount);

    private protected static double RequireShare(double value, string name)
        => value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "expected a number in [0, 1].");
}
