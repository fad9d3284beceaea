using Polymath.Tensors;

namespace Polymath.Learning.Metrics;

/// <summary>
/// How much of a gain could be luck of the test rows: both models are scored on the same resampled rows, again and again, and the
/// standard deviation of the gain is taken (Efron and Tibshirani 1993, chapter 6; paired, so that what both models find hard cancels).
/// </summary>
/// <remarks>It measures the rows, not the seed: two runs with other seeds may differ by more.</remarks>
/// <example><code>
/// double deviation = PairedBootstrap.GainDeviation(metric, labels, ours, baseline, classes: 2, new RandomStream(0));
/// bool clear = Math.Abs(gain) > 2 * deviation;
/// </code></example>
public static class PairedBootstrap
{
    private const int Resamples = 100, MostRows = 20_000, FewestDefined = 20;

    /// <summary>Standard deviation of the relative gain over resampled rows, as a fraction of the baseline.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="labels">[n] observed labels.</param>
    /// <param name="candidate">[n] or [n, classes] predictions of the model in question.</param>
    /// <param name="baseline">The same of the model it is compared with.</param>
    /// <param name="classes">Number of classes; read by multi-class metrics only.</param>
    /// <param name="random">Draws the rows.</param>
    /// <returns>NaN when the gain is undefined on too many resamples (a rare class, very few rows, a baseline that is not positive).</returns>
    public static double GainDeviation(Metric metric, ReadOnlySpan<float> labels, ReadOnlySpan<float> candidate, ReadOnlySpan<float> baseline, int classes, RandomStream random)
    {
        int rows = labels.Length;
        if (rows == 0) return double.NaN;
        int width = candidate.Length / rows, drawn = Math.Min(rows, MostRows);
        if (candidate.Length != baseline.Length || candidate.Length != rows * width) throw new ArgumentException($"PairedBootstrap: {candidate.Length} and {baseline.Length} predictions for {rows} labels.");
        float[] y = new float[drawn], a = new float[drawn * width], b = new float[drawn * width];
        var gains = new List<double>(Resamples);
        for (int resample = 0; resample < Resamples; resample++)
        {
            for (int i = 0; i < drawn; i++)
            {
                int row = random.NextInt32(rows);
                y[i] = labels[row];
                candidate.Slice(row * width, width).CopyTo(a.AsSpan(i * width));
                baseline.Slice(row * width, width).CopyTo(b.AsSpan(i * width));
            }

            double reference = metric.Evaluate(y, b, classes).Value, value = metric.Evaluate(y, a, classes).Value;
            if (reference > 0 && double.IsFinite(value)) gains.Add((value - reference) / reference);
        }

        if (gains.Count < FewestDefined) return double.NaN;
        double mean = gains.Average();

        // A resample smaller than the data varies more, by the square root of the ratio.
        return Math.Sqrt(gains.Sum(gain => (gain - mean) * (gain - mean)) / (gains.Count - 1)) * Math.Sqrt((double)drawn / rows);
    }
}
