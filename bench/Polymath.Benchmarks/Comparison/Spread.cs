namespace Polymath.Benchmarks.Comparison;

/// <summary>The samples of one side, in seconds per operation.</summary>
/// <param name="Median">The middle sample.</param>
/// <param name="Min">The fastest.</param>
/// <param name="Max">The slowest.</param>
internal sealed record Spread(double Median, double Min, double Max)
{
    public static Spread Of(IReadOnlyCollection<double> samples) => new(MedianOf(samples), samples.Min(), samples.Max());

    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
