namespace Polymath.Boosting;

/// <summary>Adds the packed derivatives of rows to the histogram of a group.</summary>
internal static unsafe class HistogramKernel
{
    private const int Bins = BinnedFeatures.Bins;

    /// <summary>Adds rows.</summary>
    /// <param name="lanes">Features in the group.</param>
    /// <param name="words">Bins, a word per row.</param>
    /// <param name="packed">Packed derivatives, <c>[rows, outputs]</c>.</param>
    /// <param name="rows">Row numbers; null for 0, 1, 2, ...</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="histogram"><c>[8, 256, outputs]</c>, added to.</param>
    /// <param name="outputs">Values per row.</param>
    public static void Add(int lanes, ulong* words, long* packed, int* rows, int count, long* histogram, int outputs)
    {
        if (outputs > 1)
        {
            AddVectors(lanes, words, packed, rows, count, histogram, outputs);
            return;
        }

        switch (lanes)
        {
            case 1: Add<LaneCount.One>(words, packed, rows, count, histogram); break;
            case 2: Add<LaneCount.Two>(words, packed, rows, count, histogram); break;
            case 3: Add<LaneCount.Three>(words, packed, rows, count, histogram); break;
            case 4: Add<LaneCount.Four>(words, packed, rows, count, histogram); break;
            case 5: Add<LaneCount.Five>(words, packed, rows, count, histogram); break;
            case 6: Add<LaneCount.Six>(words, packed, rows, count, histogram); break;
            case 7: Add<LaneCount.Seven>(words, packed, rows, count, histogram); break;
            default: Add<LaneCount.Eight>(words, packed, rows, count, histogram); break;
        }
    }

    private static void Add<TLanes>(ulong* words, long* packed, int* rows, int count, long* histogram)
        where TLanes : struct, ILaneCount
    {
        if (rows is null)
        {
            for (int row = 0; row < count; row++) Add<TLanes>(words[row], packed[row], histogram);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            uint row = (uint)rows[i];
            Add<TLanes>(words[row], packed[row], histogram);
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    private static void Add<TLanes>(ulong word, long value, long* histogram)
        where TLanes : struct, ILaneCount
    {
        histogram[(byte)word] += value;
        if (TLanes.Count > 1) histogram[Bins + (nuint)(byte)(word >> 8)] += value;
        if (TLanes.Count > 2) histogram[(2 * Bins) + (nuint)(byte)(word >> 16)] += value;
        if (TLanes.Count > 3) histogram[(3 * Bins) + (nuint)(byte)(word >> 24)] += value;
        if (TLanes.Count > 4) histogram[(4 * Bins) + (nuint)(byte)(word >> 32)] += value;
        if (TLanes.Count > 5) histogram[(5 * Bins) + (nuint)(byte)(word >> 40)] += value;
        if (TLanes.Count > 6) histogram[(6 * Bins) + (nuint)(byte)(word >> 48)] += value;
        if (TLanes.Count > 7) histogram[(7 * Bins) + (nuint)(word >> 56)] += value;
    }

    private static void AddVectors(int lanes, ulong* words, long* packed, int* rows, int count, long* histogram, int outputs)
    {
        for (int i = 0; i < count; i++)
        {
            int row = rows is null ? i : rows[i];
            ulong word = words[row];
            long* from = packed + ((nint)row * outputs);
            for (int lane = 0; lane < lanes; lane++)
            {
                long* bin = histogram + ((nint)((lane * Bins) + (int)(byte)word) * outputs);
                for (int k = 0; k < outputs; k++) bin[k] += from[k];
                word >>= 8;
            }
        }
    }
}
