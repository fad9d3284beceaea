using System.Globalization;

namespace Polymath.Learning.Reporting.Charts;

/// <summary>A linear scale from values to pixels with nice ticks.</summary>
internal sealed class Axis
{
    // Beyond this a value is a runaway, not a measurement; a scale that held it would show nothing else.
    private const double Largest = 1e30;

    // Below this a value is zero as far as a reader is concerned, and steps would lose their digits.
    private const double Smallest = 1e-30;

    private readonly double _pixelLow, _pixelHigh, _step;

    private Axis(double low, double high, double step, double pixelLow, double pixelHigh)
    {
        (Low, High, _step, _pixelLow, _pixelHigh) = (low, high, step, pixelLow, pixelHigh);
        Ticks = NiceTicks.Between(low, high, step);
    }

    public double Low { get; }

    public double High { get; }

    public double[] Ticks { get; }

    /// <summary>Whether a value can be drawn at all.</summary>
    public static bool Drawable(double value) => Math.Abs(value) <= Largest;

    /// <summary>A scale whose ends are ticks and hold all drawable values; null when there are none.</summary>
    public static Axis? Around(IEnumerable<double> values, double pixelLow, double pixelHigh, int ticks)
    {
        if (!Range(values, out double low, out double high)) return null;
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (high - low <= Math.Max(Smallest, 1e-12 * size))
        {
            double pad = size <= Smallest ? 1 : size * 0.1;
            (low, high) = (low - pad, high + pad);
        }

        double step = NiceTicks.Step(high - low, ticks);
        return new Axis(Math.Floor((low / step) + 1e-6) * step, Math.Ceiling((high / step) - 1e-6) * step, step, pixelLow, pixelHigh);
    }

    /// <summary>A scale of whole numbers from the smallest to the largest value, ends as they are; null when there are none.</summary>
    public static Axis? OfCounts(IEnumerable<double> values, double pixelLow, double pixelHigh, int ticks)
    {
        if (!Range(values, out double low, out double high)) return null;
        return low == high
            ? new Axis(low - 1, high + 1, 1, pixelLow, pixelHigh) { Only = low }
            : new Axis(low, high, NiceTicks.Step(high - low, ticks, smallest: 1), pixelLow, pixelHigh);
    }

    /// <summary>The single value of a degenerate scale: the only tick worth a label.</summary>
    public double? Only { get; private init; }

    public double Map(double value) => _pixelLow + ((value - Low) / (High - Low) * (_pixelHigh - _pixelLow));

    /// <summary>A tick's label, all labels of one axis with the same number of decimals.</summary>
    public string Label(double tick)
    {
        double size = Math.Max(Math.Abs(Low), Math.Abs(High));
        if (tick == 0) return "0";
        if (size >= 1e5 || _step < 1e-4) return Numbers.Signed(tick.ToString("0.##e0", CultureInfo.InvariantCulture));
        int decimals = 0;
        for (double scaled = _step; decimals < 6 && Math.Abs(scaled - Math.Round(scaled)) > 1e-6 * scaled; scaled *= 10) decimals++;
        return Numbers.Signed(tick.ToString("F" + decimals, CultureInfo.InvariantCulture));
    }

    private static bool Range(IEnumerable<double> values, out double low, out double high)
    {
        (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values.Where(Drawable)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return low <= high;
    }
}
