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
    /// <summary>How often the rows are drawn again.</summary>
    public const int Resamples = 100;

    /// <summary>On how many of them something must be defined for a spread to be quoted.</summary>
    public const int FewestDefined = 20;

    private const int MostRows = 20_000;

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

    /// <summary>
    /// A metric on every resample. Two models scored with equal streams on as many labels are scored on the same rows, so that their values may be
    /// compared one by one.
    /// </summary>
    /// <param name="metric">The metric.</param>
    /// <param name="labels">[n] observed labels.</param>
    /// <param name="predictions">[n] or [n, classes] predictions.</param>
    /// <param name="classes">Number of classes; read by multi-class metrics only.</param>
    /// <param name="random">Draws the rows.</param>
    /// <returns>One value per resample, NaN where undefined; they spread as samples of n rows do, also where fewer were drawn.</returns>
    public static double[] Values(Metric metric, ReadOnlySpan<float> labels, ReadOnlySpan<float> predictions, int classes, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(random);
        double[] values = new double[Resamples];
        values.AsSpan().Fill(double.NaN);
        int rows = labels.Length;
        if (rows == 0) return values;
        int width = predictions.Length / rows, drawn = Math.Min(rows, MostRows);
        if (predictions.Length != rows * width) throw new ArgumentException($"PairedBootstrap: {predictions.Length} predictions for {rows} labels.");
        float[] y = new float[drawn], a = new float[drawn * width];
        for (int resample = 0; resample < values.Length; resample++)
        {
            for (int i = 0; i < drawn; i++)
            {
                int row = random.NextInt32(rows);
                y[i] = labels[row];
                predictions.Slice(row * width, width).CopyTo(a.AsSpan(i * width));
            }

            values[resample] = metric.Evaluate(y, a, classes).Value;
        }

        double mean = values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average(), shrink = Math.Sqrt((double)drawn / rows);
        for (int i = 0; i < values.Length && drawn < rows; i++) values[i] = mean + ((values[i] - mean) * shrink);
        return values;
    }
}
