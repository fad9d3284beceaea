using System.Numerics;

namespace Polymath.Merging.Blending;

/// <summary>
/// The sign election of TIES (Yadav et al., "TIES-Merging", NeurIPS 2023, section 3): the sign of the sum wins, non-negative counting as plus, and
/// only elements of that sign take part. Exact zeros never do.
/// </summary>
internal static class SignConsensus
{
    /// <summary>Adds the values whose sign is the elected one.</summary>
    /// <param name="values">The values of one model.</param>
    /// <param name="elected">Non-negative where plus won.</param>
    /// <param name="sum">Receives the sum.</param>
    public static void AddAgreeing(ReadOnlySpan<float> values, ReadOnlySpan<float> elected, Span<float> sum)
    {
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(values[i..]);
            (new Vector<float>(sum[i..]) + Vector.ConditionalSelect(Agreeing(value, new Vector<float>(elected[i..])), value, Vector<float>.Zero)).CopyTo(sum[i..]);
        }

        for (; i < values.Length; i++)
        {
            if (Agrees(values[i], elected[i])) sum[i] += values[i];
        }
    }

    /// <summary>Adds a weight where the value's sign is the elected one.</summary>
    /// <param name="values">The values of one model.</param>
    /// <param name="elected">Non-negative where plus won.</param>
    /// <param name="weight">The model's weight.</param>
    /// <param name="count">Receives the sum of the weights.</param>
    public static void CountAgreeing(ReadOnlySpan<float> values, ReadOnlySpan<float> elected, float weight, Span<float> count)
    {
        int i = 0;
        Vector<float> add = new(weight);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(count[i..]) + Vector.ConditionalSelect(Agreeing(new Vector<float>(values[i..]), new Vector<float>(elected[i..])), add, Vector<float>.Zero)).CopyTo(count[i..]);
        for (; i < values.Length; i++)
        {
            if (Agrees(values[i], elected[i])) count[i] += weight;
        }
    }

    /// <summary>Divides by the counts, where they are not zero.</summary>
    /// <param name="sum">Divided in place.</param>
    /// <param name="count">The divisors.</param>
    public static void DivideWhereCounted(Span<float> sum, ReadOnlySpan<float> count)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> divisor = new(count[i..]);
            (new Vector<float>(sum[i..]) / Vector.ConditionalSelect(Vector.Equals(divisor, Vector<float>.Zero), Vector<float>.One, divisor)).CopyTo(sum[i..]);
        }

        for (; i < sum.Length; i++)
        {
            if (count[i] != 0) sum[i] /= count[i];
        }
    }

    private static bool Agrees(float value, float elected) => elected >= 0 ? value > 0 : value < 0;

    private static Vector<int> Agreeing(Vector<float> value, Vector<float> elected)
    {
        Vector<int> plus = Vector.GreaterThanOrEqual(elected, Vector<float>.Zero);
        return Vector.ConditionalSelect(plus, Vector.GreaterThan(value, Vector<float>.Zero), Vector.LessThan(value, Vector<float>.Zero));
    }
}
