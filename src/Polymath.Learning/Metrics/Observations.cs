using System.Numerics;

namespace Polymath.Learning.Metrics;

/// <summary>Checks and rankings shared by the metrics.</summary>
internal static class Observations
{
    public static void RequireSameLength(int targets, int predictions, string metric)
    {
        if (targets != predictions) throw new ArgumentException($"{metric}: found {predictions} predictions for {targets} targets, expected as many; drop the rows without a target from both.");
    }

    public static void RequireClasses(int targets, int predictions, int classes, string metric)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (predictions != (long)targets * classes) throw new ArgumentException($"{metric}: found {predictions} probabilities for {targets} rows, expected {classes} per row, row-major.");
    }

    public static bool AnyNaN<T>(ReadOnlySpan<T> values)
        where T : struct, IFloatingPointIeee754<T>
    {
        foreach (T value in values)
        {
            if (T.IsNaN(value)) return true;
        }

        return false;
    }

    /// <summary>Labels as booleans; anything but 0 and 1 is an error.</summary>
    public static bool[] Binary<T>(ReadOnlySpan<T> labels, string metric)
        where T : struct, IFloatingPointIeee754<T>
    {
        bool[] positive = new bool[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            positive[i] = labels[i] == T.One || (labels[i] == T.Zero ? false : throw new ArgumentException($"{metric}: label {i} is {labels[i]}, expected 0 or 1; drop unobserved rows first."));
        }

        return positive;
    }

    /// <summary>Labels as class numbers in [0, classes).</summary>
    public static int[] Classes<T>(ReadOnlySpan<T> labels, int classes, string metric)
        where T : struct, IFloatingPointIeee754<T>
    {
        int[] numbers = new int[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            double label = double.CreateChecked(labels[i]);
            if (!(label >= 0 && label < classes && label == Math.Floor(label))) throw new ArgumentException($"{metric}: label {i} is {label}, expected a class number in [0, {classes}); drop unobserved rows first.");
            numbers[i] = (int)label;
        }

        return numbers;
    }

    public static double[] Doubles<T>(ReadOnlySpan<T> values)
        where T : struct, IFloatingPointIeee754<T>
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < values.Length; i++) result[i] = double.CreateChecked(values[i]);
        return result;
    }

    /// <summary>Ranks from 1 in ascending order; equal values share the mean of their ranks.</summary>
    public static double[] MidRanks(ReadOnlySpan<double> values)
    {
        int n = values.Length;
        double[] keys = values.ToArray(), ranks = new double[n];
        int[] order = new int[n];
        for (int i = 0; i < n; i++) order[i] = i;
        Array.Sort(keys, order);
        for (int start = 0; start < n;)
        {
            int end = start + 1;
            while (end < n && keys[end] == keys[start]) end++;
            for (int i = start; i < end; i++) ranks[order[i]] = 0.5 * (start + end + 1);
            start = end;
        }

        return ranks;
    }

    /// <summary>Mann-Whitney statistic with midranks over its maximum, or NaN when a class is empty.</summary>
    public static double Auc(ReadOnlySpan<bool> positive, ReadOnlySpan<double> scores)
    {
        double[] ranks = MidRanks(scores);
        double rankSum = 0;
        long positives = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            if (!positive[i]) continue;
            rankSum += ranks[i];
            positives++;
        }

        long negatives = ranks.Length - positives;
        return positives == 0 || negatives == 0 ? double.NaN : (rankSum - (0.5 * positives * (positives + 1))) / ((double)positives * negatives);
    }

    /// <summary>First index of the largest of a row of probabilities.</summary>
    public static int ArgMax(ReadOnlySpan<double> row)
    {
        int best = 0;
        for (int c = 1; c < row.Length; c++)
        {
            if (row[c] > row[best]) best = c;
        }

        return best;
    }

    /// <summary>2 TP / (2 TP + FP + FN), and 0 for a class that was never predicted and never true.</summary>
    public static double F1(long truePositives, long predicted, long actual) => predicted + actual == 0 ? 0 : 2.0 * truePositives / (predicted + actual);

    /// <summary>sum over bins of (n_b / n) |mean confidence - mean hit|, bins (k/B, (k+1)/B] of equal width with 0 in the first.</summary>
    public static double CalibrationError(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> hit, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        double[] gap = new double[bins];
        for (int i = 0; i < confidence.Length; i++)
        {
            int bin = Math.Clamp((int)Math.Ceiling(confidence[i] * bins) - 1, 0, bins - 1);
            gap[bin] += confidence[i] - (hit[i] ? 1 : 0);
        }

        double sum = 0;
        foreach (double value in gap) sum += Math.Abs(value);
        return sum / confidence.Length;
    }
}
