using System.Buffers;

namespace Polymath.Boosting;

/// <summary>Sorts finite floats with their row numbers by radix: a few passes over the data, stable.</summary>
internal static class FloatOrder
{
    private const int Bits = 11, Buckets = 1 << Bits, Passes = 3;

    /// <summary>Below this many values, comparing them is faster than filling buckets.</summary>
    private const int FewValues = 1_000;

    /// <summary>Sorts values alone.</summary>
    public static void Sort(Span<float> values)
    {
        if (values.Length < 2) return;
        uint[] first = ArrayPool<uint>.Shared.Rent(values.Length), second = ArrayPool<uint>.Shared.Rent(values.Length);
        Span<uint> from = first.AsSpan(0, values.Length), to = second.AsSpan(0, values.Length);
        Keys(values, from);
        Span<int> counts = stackalloc int[Buckets];
        for (int pass = 0; pass < Passes; pass++)
        {
            int shift = pass * Bits;
            Places(from, shift, counts);
            foreach (uint key in from) to[counts[(int)((key >> shift) & (Buckets - 1))]++] = key;
            Span<uint> other = from;
            from = to;
            to = other;
        }

        for (int i = 0; i < values.Length; i++) values[i] = Value(from[i]);
        ArrayPool<uint>.Shared.Return(first);
        ArrayPool<uint>.Shared.Return(second);
    }

    /// <summary>Sorts both by the first; equal values keep their order, and -0 comes before 0.</summary>
    public static void Sort(Span<float> values, Span<int> order)
    {
        if (values.Length < 2) return;
        if (values.Length < FewValues)
        {
            Compare(values, order);
            return;
        }

        uint[] from = new uint[values.Length], to = new uint[values.Length];
        Keys(values, from);
        int[] rowsFrom = order.ToArray(), rowsTo = new int[values.Length];
        Span<int> counts = stackalloc int[Buckets];
        for (int pass = 0; pass < Passes; pass++)
        {
            int shift = pass * Bits;
            Places(from, shift, counts);
            for (int i = 0; i < from.Length; i++)
            {
                int at = counts[(int)((from[i] >> shift) & (Buckets - 1))]++;
                (to[at], rowsTo[at]) = (from[i], rowsFrom[i]);
            }

            (from, to, rowsFrom, rowsTo) = (to, from, rowsTo, rowsFrom);
        }

        rowsFrom.AsSpan().CopyTo(order);
        for (int i = 0; i < values.Length; i++) values[i] = Value(from[i]);
    }

    // The place stands in the lower half of what is sorted, so that equal values keep their order.
    private static void Compare(Span<float> values, Span<int> order)
    {
        uint[] keys = new uint[values.Length];
        Keys(values, keys);
        ulong[] pairs = new ulong[keys.Length];
        int[] before = order.ToArray();
        for (int i = 0; i < pairs.Length; i++) pairs[i] = ((ulong)keys[i] << 32) | (uint)i;
        Array.Sort(pairs);
        for (int i = 0; i < pairs.Length; i++) (values[i], order[i]) = (Value((uint)(pairs[i] >> 32)), before[(int)(uint)pairs[i]]);
    }

    /// <summary>Where the first key of each bucket goes.</summary>
    private static void Places(ReadOnlySpan<uint> keys, int shift, Span<int> counts)
    {
        counts.Clear();
        foreach (uint key in keys) counts[(int)((key >> shift) & (Buckets - 1))]++;
        int sum = 0;
        foreach (ref int count in counts) (count, sum) = (sum, sum + count);
    }

    /// <summary>Ascending floats become ascending unsigned numbers: all bits of a negative one are turned, else the sign.</summary>
    private static void Keys(ReadOnlySpan<float> values, Span<uint> keys)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            keys[i] = bits ^ (uint)(((int)bits >> 31) | int.MinValue);
        }
    }

    private static float Value(uint key) => BitConverter.UInt32BitsToSingle(key ^ (uint)(~((int)key >> 31) | int.MinValue));
}
