namespace Polymath.Boosting;

/// <summary>Sorts finite floats with their row numbers by radix: a few passes over the data, stable.</summary>
internal static class FloatOrder
{
    private const int Bits = 11, Buckets = 1 << Bits, Passes = 3;

    /// <summary>Sorts both by the first; equal values keep their order, and -0 comes before 0.</summary>
    public static void Sort(Span<float> values, Span<int> order)
    {
        if (values.Length < 2) return;
        uint[] keys = new uint[values.Length], otherKeys = new uint[values.Length];
        int[] otherOrder = new int[values.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            // Ascending floats become ascending unsigned numbers: all bits of a negative one are turned, else the sign.
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            keys[i] = bits ^ (uint)((int)bits >> 31 | int.MinValue);
        }

        uint[] from = keys, to = otherKeys;
        int[] rowsFrom = order.ToArray(), rowsTo = otherOrder;
        Span<int> counts = stackalloc int[Buckets];
        for (int pass = 0; pass < Passes; pass++)
        {
            int shift = pass * Bits;
            counts.Clear();
            foreach (uint key in from) counts[(int)((key >> shift) & (Buckets - 1))]++;
            int sum = 0;
            foreach (ref int count in counts) (count, sum) = (sum, sum + count);
            for (int i = 0; i < from.Length; i++)
            {
                int at = counts[(int)((from[i] >> shift) & (Buckets - 1))]++;
                to[at] = from[i];
                rowsTo[at] = rowsFrom[i];
            }

            (from, to, rowsFrom, rowsTo) = (to, from, rowsTo, rowsFrom);
        }

        rowsFrom.AsSpan().CopyTo(order);
        for (int i = 0; i < values.Length; i++)
        {
            uint key = from[i];
            values[i] = BitConverter.UInt32BitsToSingle(key ^ (uint)(~((int)key >> 31) | int.MinValue));
        }
    }
}
