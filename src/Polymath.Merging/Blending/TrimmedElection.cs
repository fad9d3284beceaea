using System.Numerics;

namespace Polymath.Merging.Blending;

/// <summary>The kernels of TIES with a threshold per model: elements below it count as zero without being overwritten.</summary>
internal static class TrimmedElection
{
    /// <summary>Adds the elements that reach a threshold.</summary>
    /// <param name="values">One model's task vector.</param>
    /// <param name="threshold">The least magnitude.</param>
    /// <param name="sum">Receives the sum.</param>
    public static void Add(ReadOnlySpan<float> values, float threshold, Span<float> sum)
    {
        int i = 0;
        Vector<float> least = new(threshold);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(values[i..]);
            (new Vector<float>(sum[i..]) + Vector.ConditionalSelect(Vector.GreaterThanOrEqual(Vector.Abs(value), least), value, Vector<float>.Zero)).CopyTo(sum[i..]);
        }

        for (; i < values.Length; i++)
        {
            if (Math.Abs(values[i]) >= threshold) sum[i] += values[i];
        }
    }

    /// <summary>Turns sums into elected signs.</summary>
    /// <param name="sums">1, -1 or 0 on return.</param>
    /// <param name="majority">The sign where the sum is zero.</param>
    public static void Sign(Span<float> sums, int majority)
    {
        for (int i = 0; i < sums.Length; i++) sums[i] = sums[i] > 0 ? 1 : sums[i] < 0 ? -1 : majority;
    }

    /// <summary>Joins the elements of one model that reach its threshold and have the elected sign.</summary>
    /// <param name="values">The task vector.</param>
    /// <param name="threshold">The least magnitude.</param>
    /// <param name="sign">1, -1 or 0.</param>
    /// <param name="largest">Whether the element of the largest magnitude is taken in place of the sum.</param>
    /// <param name="joined">The sum or the largest.</param>
    /// <param name="count">How many models took part.</param>
    public static void Join(ReadOnlySpan<float> values, float threshold, ReadOnlySpan<float> sign, bool largest, Span<float> joined, Span<float> count)
    {
        int i = 0;
        Vector<float> least = new(threshold);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(values[i..]), elected = new(sign[i..]), before = new(joined[i..]);
            Vector<int> takes = Vector.GreaterThanOrEqual(Vector.Abs(value), least) & Vector.GreaterThan(value * elected, Vector<float>.Zero);
            Vector<float> taken = Vector.ConditionalSelect(takes, value, Vector<float>.Zero);
            Vector<float> after = largest ? Vector.ConditionalSelect(Vector.GreaterThan(Vector.Abs(taken), Vector.Abs(before)), taken, before) : before + taken;
            after.CopyTo(joined[i..]);
            (new Vector<float>(count[i..]) + Vector.ConditionalSelect(takes, Vector<float>.One, Vector<float>.Zero)).CopyTo(count[i..]);
        }

        for (; i < values.Length; i++)
        {
            if (!(Math.Abs(values[i]) >= threshold && values[i] * sign[i] > 0)) continue;
            count[i]++;
            joined[i] = !largest ? joined[i] + values[i] : Math.Abs(values[i]) > Math.Abs(joined[i]) ? values[i] : joined[i];
        }
    }

    /// <summary>Counts the models whose mask keeps an element: |tau_t| > lambda |tau - tau_t|.</summary>
    /// <param name="values">tau_t.</param>
    /// <param name="merged">tau.</param>
    /// <param name="lambda">How much of the others' part a model's own has to exceed.</param>
    /// <param name="count">Receives one more where it does.</param>
    public static void CountMask(ReadOnlySpan<float> values, ReadOnlySpan<float> merged, float lambda, Span<float> count)
    {
        int i = 0;
        Vector<float> scale = new(lambda);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(values[i..]);
            Vector<int> keeps = Vector.GreaterThan(Vector.Abs(value), Vector.Abs(new Vector<float>(merged[i..]) - value) * scale);
            (new Vector<float>(count[i..]) + Vector.ConditionalSelect(keeps, Vector<float>.One, Vector<float>.Zero)).CopyTo(count[i..]);
        }

        for (; i < values.Length; i++)
        {
            if (Math.Abs(values[i]) > Math.Abs(merged[i] - values[i]) * lambda) count[i]++;
        }
    }

    /// <summary>Sets elements to zero where too few models are counted.</summary>
    /// <param name="values">Changed in place.</param>
    /// <param name="count">The counts.</param>
    /// <param name="least">The least count that keeps.</param>
    public static void KeepCounted(Span<float> values, ReadOnlySpan<float> count, float least)
    {
        int i = 0;
        Vector<float> bound = new(least);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.ConditionalSelect(Vector.GreaterThanOrEqual(new Vector<float>(count[i..]), bound), new Vector<float>(values[i..]), Vector<float>.Zero).CopyTo(values[i..]);
        for (; i < values.Length; i++)
        {
            if (!(count[i] >= least)) values[i] = 0;
        }
    }
}
