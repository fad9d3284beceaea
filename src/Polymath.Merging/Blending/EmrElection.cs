using System.Numerics;

namespace Polymath.Merging.Blending;

/// <summary>
/// The election of EMR-Merging (Huang et al., NeurIPS 2024): the sign of the sum of the task vectors wins, zero counting as minus, and the unified vector
/// takes the largest magnitude among the tasks of that sign. A task's mask is where its vector has the unified sign.
/// </summary>
internal static class EmrElection
{
    /// <summary>Raises magnitudes to those of one task where it has the elected sign.</summary>
    /// <param name="vector">The task vector.</param>
    /// <param name="sum">The sum of all task vectors.</param>
    /// <param name="largest">Raised in place.</param>
    public static void Raise(ReadOnlySpan<float> vector, ReadOnlySpan<float> sum, Span<float> largest)
    {
        int i = 0;
        for (; i <= vector.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(vector[i..]);
            Vector.Max(new Vector<float>(largest[i..]), Vector.ConditionalSelect(Agreeing(value, new Vector<float>(sum[i..])), Vector.Abs(value), Vector<float>.Zero)).CopyTo(largest[i..]);
        }

        for (; i < vector.Length; i++)
        {
            if (Agrees(vector[i], sum[i])) largest[i] = Math.Max(largest[i], Math.Abs(vector[i]));
        }
    }

    /// <summary>Gives the largest magnitudes their elected signs.</summary>
    /// <param name="largest">Magnitudes on entry, the unified vector on return.</param>
    /// <param name="sum">The sum of all task vectors.</param>
    public static void Sign(Span<float> largest, ReadOnlySpan<float> sum)
    {
        for (int i = 0; i < largest.Length; i++)
        {
            if (!(sum[i] > 0)) largest[i] = -largest[i];
        }
    }

    /// <summary>Sets the unified vector to zero where a task has not its sign.</summary>
    /// <param name="unified">Masked in place.</param>
    /// <param name="vector">The task vector.</param>
    public static void Mask(Span<float> unified, ReadOnlySpan<float> vector)
    {
        int i = 0;
        for (; i <= vector.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(unified[i..]);
            Vector.ConditionalSelect(Agreeing(new Vector<float>(vector[i..]), value), value, Vector<float>.Zero).CopyTo(unified[i..]);
        }

        for (; i < vector.Length; i++)
        {
            if (!Agrees(vector[i], unified[i])) unified[i] = 0;
        }
    }

    private static bool Agrees(float value, float sum) => sum > 0 ? value > 0 : value < 0;

    private static Vector<int> Agreeing(Vector<float> value, Vector<float> sum)
        => Vector.ConditionalSelect(Vector.GreaterThan(sum, Vector<float>.Zero), Vector.GreaterThan(value, Vector<float>.Zero), Vector.LessThan(value, Vector<float>.Zero));
}
