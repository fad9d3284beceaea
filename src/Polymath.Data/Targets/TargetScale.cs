namespace Polymath.Data;

/// <summary>Mean and standard deviation that were taken out of a regression target; (0, 1) for every other kind.</summary>
/// <param name="Mean">Mean over the observed training rows.</param>
/// <param name="Deviation">Population standard deviation over the observed training rows; 1 where it would be 0.</param>
public readonly record struct TargetScale(double Mean, double Deviation)
{
    /// <summary>Leaves values as they are.</summary>
    public static TargetScale None => new(0, 1);

    /// <summary>(value - mean) / deviation.</summary>
    public float Apply(float value) => (float)((value - Mean) / Deviation);

    /// <summary>value * deviation + mean: back to the unit of the table.</summary>
    public float Undo(float value) => (float)((value * Deviation) + Mean);

    /// <summary>The scale of some values; NaN is passed over.</summary>
    public static TargetScale Of(ReadOnlySpan<float> values)
    {
        int start = 0;
        while (start < values.Length && float.IsNaN(values[start])) start++;
        if (start == values.Length) return None;
        values = values[start..];
        float first = values[0];
        int count = 0;
        bool constant = true;
        foreach (float value in values)
        {
            if (float.IsNaN(value)) continue;
            constant &= value == first;
            count++;
        }

        if (constant) return new TargetScale(first, 1);
        double mean = Sum(values, 0, squared: false) / count;
        return new TargetScale(mean, Math.Sqrt(Sum(values, mean, squared: true) / count));
    }

    /// <summary>Sum of (value - centre) or of its square, in four interleaved partial sums: one would wait for itself at every addition.</summary>
    private static double Sum(ReadOnlySpan<float> values, double centre, bool squared)
    {
        double a = 0, b = 0, c = 0, d = 0;
        int i = 0;
        for (; i + 4 <= values.Length; i += 4)
        {
            a += Term(values[i], centre, squared);
            b += Term(values[i + 1], centre, squared);
            c += Term(values[i + 2], centre, squared);
            d += Term(values[i + 3], centre, squared);
        }

        for (; i < values.Length; i++) a += Term(values[i], centre, squared);
        return (a + b) + (c + d);
    }

    private static double Term(float value, double centre, bool squared)
    {
        double term = float.IsNaN(value) ? 0 : value - centre;
        return squared ? term * term : term;
    }
}
