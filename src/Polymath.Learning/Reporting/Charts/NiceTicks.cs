namespace Polymath.Learning.Reporting.Charts;

/// <summary>Round numbers for an axis: steps of 1, 2, 2.5 or 5 times a power of ten (after Heckbert, "Nice Numbers for Graph Labels", 1990).</summary>
internal static class NiceTicks
{
    private static readonly double[] Multiples = [1, 2, 2.5, 5, 10];

    /// <summary>The smallest nice step that makes at most about <paramref name="target"/> intervals.</summary>
    public static double Step(double range, int target, double smallest = 0)
    {
        double raw = Math.Max(range / Math.Max(1, target), smallest);
        if (!(raw > 0) || !double.IsFinite(raw)) return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        foreach (double multiple in Multiples)
        {
            double step = multiple * power;
            bool whole = smallest < 1 || step == Math.Floor(step);
            if (whole && step >= raw * (1 - 1e-9)) return step;
        }

        return 10 * power;
    }

    /// <summary>The multiples of a step inside [low, high], exact at zero.</summary>
    public static double[] Between(double low, double high, double step)
    {
        double first = Math.Ceiling((low / step) - 1e-6), last = Math.Floor((high / step) + 1e-6);
        int count = (int)Math.Clamp(last - first + 1, 0, 100);
        double[] ticks = new double[count];
        for (int i = 0; i < count; i++) ticks[i] = (first + i) * step;
        return ticks;
    }
}
