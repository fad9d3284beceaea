namespace Polymath.Tests;

/// <summary>Compares what two programs computed in 32-bit floats.</summary>
internal static class Agreement
{
    /// <summary>Largest difference that is allowed, relative to the size of numbers above 1.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>The largest difference |a - b| / max(1, |a|); infinite when lengths differ or one side is not finite.</summary>
    public static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length) return double.PositiveInfinity;
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]) / Math.Max(1, Math.Abs((double)expected[i]));
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }

        return largest;
    }
}
