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
        double sum = 0, first = double.NaN;
        int count = 0;
        bool constant = true;
        foreach (float value in values)
        {
            if (float.IsNaN(value)) continue;
            if (count == 0) first = value;
            constant &= value == first;
            sum += value;
            count++;
        }

        if (count == 0) return None;
        if (constant) return new TargetScale(first, 1);
        double mean = sum / count, squares = 0;
        foreach (float value in values) if (!float.IsNaN(value)) squares += (value - mean) * (value - mean);
        return new TargetScale(mean, Math.Sqrt(squares / count));
    }
}
