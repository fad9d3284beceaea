using System.Numerics;

namespace Polymath.Learning.Metrics;

/// <summary>
/// Metrics of two-class tasks over the observed rows only: the caller drops rows without a label. Labels are 0 or 1, predictions are
/// probabilities of class 1 (any score for <see cref="Auc"/>, <see cref="AveragePrecision"/> and <see cref="GroupAuc"/>). Undefined metrics are NaN.
/// </summary>
/// <example><code>
/// MetricValue auc = BinaryMetrics.Auc&lt;float&gt;([0, 0, 1, 1], [0.1f, 0.4f, 0.35f, 0.8f]);   // 0.75 from 4 rows
/// </code></example>
public static class BinaryMetrics
{
    private const double Clip = 1e-7, Threshold = 0.5;
    private const int Bins = 15;

    /// <summary>Area under the ROC curve: the Mann-Whitney statistic, ties counting one half; O(n log n). NaN with one class.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="scores">[n].</param>
    public static MetricValue Auc<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> scores)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(labels.Length, scores.Length, nameof(Auc));
        bool[] positive = Observations.Binary(labels, nameof(Auc));
        return Observations.AnyNaN(scores) ? MetricValue.Undefined(labels.Length) : new(Observations.Auc(positive, Observations.Doubles(scores)), labels.Length);
    }

    /// <summary>AUC within groups (users), over the groups that have both classes: weighted by group size (GAUC) or equally.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="scores">[n].</param>
    /// <param name="groups">[n] group of each row.</param>
    /// <param name="weightBySize">Whether a group counts as many times as it has rows.</param>
    /// <returns>The mean, and the number of rows in the groups it covers.</returns>
    public static MetricValue GroupAuc<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> scores, ReadOnlySpan<int> groups, bool weightBySize = true)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(labels.Length, scores.Length, nameof(GroupAuc));
        Observations.RequireSameLength(labels.Length, groups.Length, nameof(GroupAuc));
        bool[] positive = Observations.Binary(labels, nameof(GroupAuc));
        if (Observations.AnyNaN(scores)) return MetricValue.Undefined(labels.Length);
        double[] values = Observations.Doubles(scores);
        int[] keys = groups.ToArray(), order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        double sum = 0, weights = 0;
        int rows = 0;
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            int[] members = order[start..end];
            double auc = Observations.Auc(Array.ConvertAll(members, i => positive[i]), Array.ConvertAll(members, i => values[i]));
            if (!double.IsNaN(auc))
            {
                double weight = weightBySize ? members.Length : 1;
                sum += weight * auc;
                weights += weight;
                rows += members.Length;
            }

            start = end;
        }

        return new(sum / weights, rows);
    }

    /// <summary>Mean negative log-likelihood, probabilities clipped to [1e-7, 1 - 1e-7].</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n].</param>
    public static MetricValue LogLoss<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(labels.Length, probabilities.Length, nameof(LogLoss));
        bool[] positive = Observations.Binary(labels, nameof(LogLoss));
        double sum = 0;
        for (int i = 0; i < positive.Length; i++)
        {
            double p = Math.Clamp(double.CreateChecked(probabilities[i]), Clip, 1 - Clip);
            sum -= Math.Log(positive[i] ? p : 1 - p);
        }

        return new(sum / positive.Length, positive.Length);
    }

    /// <summary>Share of rows where (probability >= 0.5) equals the label.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n].</param>
    public static MetricValue Accuracy<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities)
        where T : struct, IFloatingPointIeee754<T>
    {
        (long tp, long fp, long fn, long tn) = Confusion(labels, probabilities, nameof(Accuracy));
        int n = labels.Length;
        return Observations.AnyNaN(probabilities) ? MetricValue.Undefined(n) : new((double)(tp + tn) / (tp + fp + fn + tn), n);
    }

    /// <summary>F1 of class 1 at threshold 0.5; NaN when class 1 is neither present nor predicted.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n].</param>
    public static MetricValue F1<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities)
        where T : struct, IFloatingPointIeee754<T>
    {
        (long tp, long fp, long fn, _) = Confusion(labels, probabilities, nameof(F1));
        return Observations.AnyNaN(probabilities) || tp + fp + fn == 0 ? MetricValue.Undefined(labels.Length) : new(Observations.F1(tp, tp + fp, tp + fn), labels.Length);
    }

    /// <summary>Average precision: sum over distinct thresholds, from the highest, of (recall step) x precision. NaN without positives.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="scores">[n].</param>
    public static MetricValue AveragePrecision<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> scores)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(labels.Length, scores.Length, nameof(AveragePrecision));
        bool[] positive = Observations.Binary(labels, nameof(AveragePrecision));
        if (Observations.AnyNaN(scores)) return MetricValue.Undefined(labels.Length);
        double[] keys = Observations.Doubles(scores);
        Array.Sort(keys, positive);
        double sum = 0;
        long found = 0;
        int n = keys.Length;
        for (int end = n; end > 0;)
        {
            int start = end - 1;
            long hits = positive[start] ? 1 : 0;
            while (start > 0 && keys[start - 1] == keys[end - 1]) hits += positive[--start] ? 1 : 0;
            found += hits;
            sum += hits * ((double)found / (n - start));
            end = start;
        }

        return new(sum / found, n);
    }

    /// <summary>Expected calibration error of the probability of class 1 over equal-width bins (Guo et al., ICML 2017, with the event "label is 1").</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="labels">[n].</param>
    /// <param name="probabilities">[n].</param>
    /// <param name="bins">Number of bins.</param>
    public static MetricValue CalibrationError<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, int bins = Bins)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(labels.Length, probabilities.Length, nameof(CalibrationError));
        bool[] positive = Observations.Binary(labels, nameof(CalibrationError));
        return Observations.AnyNaN(probabilities) ? MetricValue.Undefined(labels.Length) : new(Observations.CalibrationError(Observations.Doubles(probabilities), positive, bins), labels.Length);
    }

    private static (long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives) Confusion<T>(ReadOnlySpan<T> labels, ReadOnlySpan<T> probabilities, string metric)
        where T : struct, IFloatingPointIeee754<T>
    {
        Observations.RequireSameLength(labels.Length, probabilities.Length, metric);
        bool[] positive = Observations.Binary(labels, metric);
        long tp = 0, fp = 0, fn = 0, tn = 0;
        for (int i = 0; i < positive.Length; i++)
        {
            bool predicted = double.CreateChecked(probabilities[i]) >= Threshold;
            if (predicted) _ = positive[i] ? tp++ : fp++;
            else _ = positive[i] ? fn++ : tn++;
        }

        return (tp, fp, fn, tn);
    }
}
