namespace Polymath.Tests;

/// <summary>Compares what two programs computed in 32-bit floats.</summary>
internal static class Agreement
{
    /// <summary>Largest difference that is allowed, relative to the size of large numbers.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>The largest difference |a - b| / max(scale, |a|); infinite when lengths differ or one side is not finite.</summary>
    /// <param name="expected">What is computed here.</param>
    /// <param name="actual">What the runtime gives.</param>
    /// <param name="scale">Size of the numbers that the last sum is made of.</param>
    public static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double scale = 1)
    {
        if (expected.Length != actual.Length) return double.PositiveInfinity;
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]) / Math.Max(scale, Math.Abs((double)expected[i]));
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }

        return largest;
    }
}
