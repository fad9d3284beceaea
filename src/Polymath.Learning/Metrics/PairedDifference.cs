using System.Globalization;

namespace Polymath.Learning.Metrics;

/// <summary>
/// The mean difference between two models that were trained with the same seeds and scored on the same rows, with two 95 % intervals: over seeds
/// (Student's t of the differences seed by seed) and over resampled rows (1.96 standard deviations, Efron and Tibshirani 1993, chapter 6). They
/// measure different kinds of luck, so the wider one is the interval.
/// </summary>
/// <param name="Mean">Mean over seeds of the first minus the second.</param>
/// <param name="Seeds">Seeds that both have.</param>
/// <param name="OverSeeds">Half-width of the interval over seeds; NaN with fewer than two.</param>
/// <param name="OverRows">Half-width of the interval over rows; NaN when there are no rows to draw or too few draws are defined.</param>
/// <example><code>
/// var difference = PairedDifference.Of([0.91, 0.92, 0.90], [0.89, 0.89, 0.88], [], []);
/// bool better = difference.IsClear &amp;&amp; difference.Mean > 0;
/// </code></example>
public readonly record struct PairedDifference(double Mean, int Seeds, double OverSeeds, double OverRows)
{
    private const double Level = 0.95, NormalQuantile = 1.959963984540054;

    /// <summary>Half-width of the interval that counts: the wider one; NaN when there is none.</summary>
    public double Half => double.IsNaN(OverSeeds) ? OverRows : double.IsNaN(OverRows) ? OverSeeds : Math.Max(OverSeeds, OverRows);

    /// <summary>Lower end of the interval.</summary>
    public double Low => Mean - Half;

    /// <summary>Upper end of the interval.</summary>
    public double High => Mean + Half;

    /// <summary>Whether the interval leaves zero out.</summary>
    public bool IsClear => Math.Abs(Mean) > Half;

    /// <summary>"+0.0087 (-0.0160 .. +0.0335)": mean and interval.</summary>
    public override string ToString() => double.IsNaN(Half) ? Signed(Mean) : $"{Signed(Mean)} ({Signed(Low)} .. {Signed(High)})";

    /// <summary>The difference of two models.</summary>
    /// <param name="first">[seeds] scores of one; pairs in which a score is NaN are left out.</param>
    /// <param name="second">[seeds] scores of the other, with the same seeds.</param>
    /// <param name="firstRows">[seeds][resamples] the score on resampled rows; empty without.</param>
    /// <param name="secondRows">The same of the other, on the same rows.</param>
    public static PairedDifference Of(IReadOnlyList<double> first, IReadOnlyList<double> second, IReadOnlyList<double[]> firstRows, IReadOnlyList<double[]> secondRows)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(firstRows);
        ArgumentNullException.ThrowIfNull(secondRows);
        int[] pairs = [.. Enumerable.Range(0, Math.Min(first.Count, second.Count)).Where(seed => double.IsFinite(first[seed] - second[seed]))];
        if (pairs.Length == 0) return new PairedDifference(double.NaN, 0, double.NaN, double.NaN);
        double[] differences = [.. pairs.Select(seed => first[seed] - second[seed])];
        double seeds = differences.Length < 2 ? double.NaN : StudentT.Quantile(Level, differences.Length - 1) * Deviation(differences) / Math.Sqrt(differences.Length);
        int[] resampled = [.. pairs.Where(seed => seed < firstRows.Count && seed < secondRows.Count)];
        int draws = resampled.Length == 0 ? 0 : resampled.Min(seed => Math.Min(firstRows[seed].Length, secondRows[seed].Length));
        double[] means = [.. Enumerable.Range(0, draws).Select(draw => resampled.Average(seed => firstRows[seed][draw] - secondRows[seed][draw])).Where(double.IsFinite)];
        return new PairedDifference(differences.Average(), differences.Length, seeds, means.Length < PairedBootstrap.FewestDefined ? double.NaN : NormalQuantile * Deviation(means));
    }

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);

    private static double Deviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
