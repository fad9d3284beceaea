using System.Runtime.Intrinsics;

namespace Polymath.Boosting;

/// <summary>
/// Finds the best cut of a column when every row is in the leaf and every curvature is 1, which is all that stumps need: G_L^2 / (n_L + L2) +
/// G_R^2 / (n_R + L2) is largest. A column is read from both ends, so that two sums grow independently of each other; from groups of
/// equal values the largest is not read at all.
/// </summary>
internal readonly unsafe ref struct WholeColumnScan
{
    private readonly int[] _order;
    private readonly float[] _values;
    private readonly int[]? _groups;
    private readonly double* _gradient;
    private readonly ReadOnlySpan<double> _total;
    private readonly double[] _reciprocals;
    private readonly int _least;

    /// <param name="columns">The sorted columns.</param>
    /// <param name="feature">The column.</param>
    /// <param name="gradient"><c>[rows, outputs]</c>.</param>
    /// <param name="total">Its sum by output.</param>
    /// <param name="reciprocals">1 / (n + L2) by the number of rows n.</param>
    /// <param name="least">Least rows of a side, 1 or more.</param>
    public WholeColumnScan(SortedColumns columns, int feature, double* gradient, ReadOnlySpan<double> total, double[] reciprocals, int least)
    {
        (_order, _values, _groups) = (columns.Order[feature], columns.Values[feature], columns.Groups[feature]);
        _gradient = gradient;
        _total = total;
        (_reciprocals, _least) = (reciprocals, least);
    }

    /// <summary>The number of rows left of the best cut, the lowest of equals; 0 for none.</summary>
    /// <param name="score">Receives G_L^2 / (n_L + L2) + G_R^2 / (n_R + L2), summed over the outputs.</param>
    public int Best(out double score)
    {
        if (_groups is not null) return Grouped(_groups, out score);
        return _total.Length switch
        {
            1 => One(out score),
            2 => Two(out score),
            _ => Many(out score),
        };
    }

    private int Grouped(int[] starts, out double score)
    {
        int outputs = _total.Length, groups = starts.Length - 1, largest = 0;
        for (int group = 1; group < groups; group++) if (starts[group + 1] - starts[group] > starts[largest + 1] - starts[largest]) largest = group;
        Span<double> sums = stackalloc double[outputs];
        sums.Clear();
        Pick lower = default, upper = default;
        for (int group = 0; group < largest; group++)
        {
            Add(starts[group], starts[group + 1], sums);
            lower.Rise(Score(sums, starts[group + 1]), starts[group + 1], Fits(starts[group + 1]));
        }

        sums.Clear();
        for (int group = groups - 1; group > largest; group--)
        {
            Add(starts[group], starts[group + 1], sums);
            upper.Fall(Score(sums, _order.Length - starts[group]), starts[group], Fits(starts[group]));
        }

        return Pick.Better(lower, upper, out score);
    }

    private int One(out double score)
    {
        int rows = _order.Length, middle = rows / 2;
        double total = _total[0], left = 0, right = 0;
        Pick lower = default, upper = default;
        ref int order = ref _order[0];
        ref double reciprocals = ref _reciprocals[0];
        for (int i = 1, j = rows - 1; i <= middle; i++, j--)
        {
            left += _gradient[Read(ref order, i - 1)];
            double rest = total - left, value = (left * left * Read(ref reciprocals, i)) + (rest * rest * Read(ref reciprocals, rows - i));
            if (value > lower.Score || lower.At == 0) lower.Rise(value, i, Fits(i) && SortedColumns.IsCut(_values, i));
            if (j == middle) break;
            right += _gradient[Read(ref order, j)];
            rest = total - right;
            value = (rest * rest * Read(ref reciprocals, j)) + (right * right * Read(ref reciprocals, rows - j));
            if (value >= upper.Score || upper.At == 0) upper.Fall(value, j, Fits(j) && SortedColumns.IsCut(_values, j));
        }

        return Pick.Better(lower, upper, out score);
    }

    private int Two(out double score)
    {
        int rows = _order.Length, middle = rows / 2;
        Vector128<double> total = Vector128.Create(_total), left = default, right = default;
        Pick lower = default, upper = default;
        ref int order = ref _order[0];
        ref double reciprocals = ref _reciprocals[0];
        for (int i = 1, j = rows - 1; i <= middle; i++, j--)
        {
            left += Vector128.Load(_gradient + (2L * Read(ref order, i - 1)));
            Vector128<double> rest = total - left;
            double value = Vector128.Sum((left * left * Read(ref reciprocals, i)) + (rest * rest * Read(ref reciprocals, rows - i)));
            if (value > lower.Score || lower.At == 0) lower.Rise(value, i, Fits(i) && SortedColumns.IsCut(_values, i));
            if (j == middle) break;
            right += Vector128.Load(_gradient + (2L * Read(ref order, j)));
            rest = total - right;
            value = Vector128.Sum((rest * rest * Read(ref reciprocals, j)) + (right * right * Read(ref reciprocals, rows - j)));
            if (value >= upper.Score || upper.At == 0) upper.Fall(value, j, Fits(j) && SortedColumns.IsCut(_values, j));
        }

        return Pick.Better(lower, upper, out score);
    }

    private int Many(out double score)
    {
        Span<double> sums = stackalloc double[_total.Length];
        sums.Clear();
        Pick lower = default;
        for (int i = 1; i < _order.Length; i++)
        {
            Add(i - 1, i, sums);
            if (SortedColumns.IsCut(_values, i)) lower.Rise(Score(sums, i), i, Fits(i));
        }

        score = lower.Score;
        return lower.At;
    }

    /// <summary>Adds the gradients of the rows from one place in the order to another; four sums for one output, because each addition waits for the last.</summary>
    private void Add(int from, int to, Span<double> sums)
    {
        ReadOnlySpan<int> rows = _order.AsSpan(from, to - from);
        if (sums.Length == 1)
        {
            double a = 0, b = 0, c = 0, d = 0;
            int at = 0;
            for (; at <= rows.Length - 4; at += 4)
            {
                a += _gradient[rows[at]];
                b += _gradient[rows[at + 1]];
                c += _gradient[rows[at + 2]];
                d += _gradient[rows[at + 3]];
            }

            for (; at < rows.Length; at++) a += _gradient[rows[at]];
            sums[0] += a + b + (c + d);
            return;
        }

        foreach (int row in rows)
        {
            double* of = _gradient + ((long)row * sums.Length);
            for (int k = 0; k < sums.Length; k++) sums[k] += of[k];
        }
    }

    private bool Fits(int left) => left >= _least && _order.Length - left >= _least;

    /// <summary>The score of a cut that has some of the rows, with their sums, on one side.</summary>
    private double Score(ReadOnlySpan<double> sums, int rows)
    {
        double one = 0, other = 0;
        for (int k = 0; k < sums.Length; k++)
        {
            double rest = _total[k] - sums[k];
            one += sums[k] * sums[k];
            other += rest * rest;
        }

        return (one * _reciprocals[rows]) + (other * _reciprocals[_order.Length - rows]);
    }

    // Places in an order are within it, and so are numbers of rows within the table of reciprocals.
    private static T Read<T>(ref T first, int at) => System.Runtime.CompilerServices.Unsafe.Add(ref first, at);

    /// <summary>The best place so far; At is 0 before there is one.</summary>
    private struct Pick
    {
        public double Score;
        public int At;

        /// <summary>Takes a place in if it is allowed and better than all before it.</summary>
        public void Rise(double score, int at, bool allowed)
        {
            if (allowed && (At == 0 || score > Score)) (Score, At) = (score, at);
        }

        /// <summary>Takes a place in if it is allowed and no worse than those above it.</summary>
        public void Fall(double score, int at, bool allowed)
        {
            if (allowed && (At == 0 || score >= Score)) (Score, At) = (score, at);
        }

        public static int Better(Pick lower, Pick upper, out double score)
        {
            Pick best = lower.At == 0 || (upper.At != 0 && upper.Score > lower.Score) ? upper : lower;
            score = best.Score;
            return best.At;
        }
    }
}
