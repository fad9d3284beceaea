using System.Numerics;

namespace Polymath.Learning.Metrics;

/// <summary>
/// Metrics of tasks with more than two classes over the observed rows only. Labels are class numbers from 0, predictions are
/// probabilities [n, classes] row-major. Undefined metrics are NaN.
/// </summary>
public static class MultiClassMetrics
{
    private const double Clip = 1e-7;
    private const int Bins = 15;

    /// <summary>Mean negative log-probability of the true class, clipped to [1e-7, 1 - 1e-7].</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n, classes].</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    public static MetricValue LogLoss<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int classes)
        where T : struct, IFloatingPointIeee754<T>
    {
        (int[] truth, double[] p) = Read(labels, probabilities, classes, nameof(LogLoss));
        double sum = 0;
        for (int i = 0; i < truth.Length; i++) sum -= Math.Log(Math.Clamp(p[(i * classes) + truth[i]], Clip, 1 - Clip));
        return new(Observations.AnyNaN(probabilities) ? double.NaN : sum / truth.Length, truth.Length);
    }

    /// <summary>Share of rows whose largest probability is that of the true class (first one on ties); equals micro-averaged F1.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n, classes].</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    public static MetricValue Accuracy<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int classes)
        where T : struct, IFloatingPointIeee754<T>
    {
        (int[] truth, double[] p) = Read(labels, probabilities, classes, nameof(Accuracy));
        long hits = 0;
        for (int i = 0; i < truth.Length; i++) hits += Observations.ArgMax(p.AsSpan(i * classes, classes)) == truth[i] ? 1 : 0;
        return new(Observations.AnyNaN(probabilities) ? double.NaN : (double)hits / truth.Length, truth.Length);
    }

    /// <summary>Unweighted mean over the classes that occur among labels or predictions of their F1.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n, classes].</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    public static MetricValue MacroF1<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int classes)
        where T : struct, IFloatingPointIeee754<T>
    {
        (int[] truth, double[] p) = Read(labels, probabilities, classes, nameof(MacroF1));
        if (Observations.AnyNaN(probabilities)) return MetricValue.Undefined(truth.Length);
        long[] hits = new long[classes], predicted = new long[classes], actual = new long[classes];
        for (int i = 0; i < truth.Length; i++)
        {
            int guess = Observations.ArgMax(p.AsSpan(i * classes, classes));
            predicted[guess]++;
            actual[truth[i]]++;
            if (guess == truth[i]) hits[guess]++;
        }

        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes; c++)
        {
            if (predicted[c] + actual[c] == 0) continue;
            sum += Observations.F1(hits[c], predicted[c], actual[c]);
            present++;
        }

        return new(sum / present, truth.Length);
    }

    /// <summary>F1 of the pooled counts; with one label per row it equals the accuracy.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n, classes].</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    public static MetricValue MicroF1<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int classes)
        where T : struct, IFloatingPointIeee754<T> => Accuracy(labels, probabilities, classes);

    /// <summary>Unweighted mean of the one-versus-rest AUCs of the classes for which it is defined; NaN when there is none.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n, classes].</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    public static MetricValue MacroAuc<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int classes)
        where T : struct, IFloatingPointIeee754<T>
    {
        (int[] truth, double[] p) = Read(labels, probabilities, classes, nameof(MacroAuc));
        if (Observations.AnyNaN(probabilities)) return MetricValue.Undefined(truth.Length);
        double sum = 0;
        int defined = 0;
        bool[] positive = new bool[truth.Length];
        double[] scores = new double[truth.Length];
        for (int c = 0; c < classes; c++)
        {
            for (int i = 0; i < truth.Length; i++)
            {
                positive[i] = truth[i] == c;
                scores[i] = p[(i * classes) + c];
            }

            double auc = Observations.Auc(positive, scores);
            if (double.IsNaN(auc)) continue;
            sum += auc;
            defined++;
        }

        return new(sum / defined, truth.Length);
    }

    /// <summary>Expected calibration error of the largest probability over equal-width bins (Guo et al., ICML 2017).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n, classes].</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="bins">Number of bins.</param>
    public static MetricValue CalibrationError<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int classes, int bins = Bins)
        where T : struct, IFloatingPointIeee754<T>
    {
        (int[] truth, double[] p) = Read(labels, probabilities, classes, nameof(CalibrationError));
        if (Observations.AnyNaN(probabilities)) return MetricValue.Undefined(truth.Length);
        double[] confidence = new double[truth.Length];
        bool[] hit = new bool[truth.Length];
        for (int i = 0; i < truth.Length; i++)
        {
            int guess = Observations.ArgMax(p.AsSpan(i * classes, classes));
            confidence[i] = p[(i * classes) + guess];
            hit[i] = guess == truth[i];
        }

        return new(Observations.CalibrationError(confidence, hit, bins), truth.Length);
    }

    private static (int[] Truth, double[] Probabilities) Read<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int classes, string metric)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireClasses(labels.Length, probabilities.Length, classes, metric);
        return (Observations.Classes(labels, classes, metric), Observations.Doubles(probabilities));
    }
}
