namespace Polymath.Boosting;

/// <summary>Adds the packed derivatives of rows to the histogram of a group.</summary>
internal static unsafe class HistogramKernel
{
    /// <summary>Adds rows.</summary>
    /// <param name="lanes">Features in the group, 1 to 8.</param>
    /// <param name="stride">Places of a feature in the histogram, a power of two from 4 to 256.</param>
    /// <param name="words">Bins, a word per row.</param>
    /// <param name="packed">Packed derivatives, <c>[rows, outputs]</c>.</param>
    /// <param name="rows">Row numbers; null for 0, 1, 2, ...</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="histogram"><c>[lanes, stride, outputs]</c>, added to.</param>
    /// <param name="outputs">Values per row.</param>
    public static void Add(int lanes, int stride, ulong* words, long* packed, int* rows, int count, long* histogram, int outputs)
    {
        if (outputs > 1)
        {
            AddVectors(lanes, stride, words, packed, rows, count, histogram, outputs);
            return;
        }

        switch (stride)
        {
            case 4: Add<Constant.Four>(lanes, words, packed, rows, count, histogram); break;
            case 8: Add<Constant.Eight>(lanes, words, packed, rows, count, histogram); break;
            case 16: Add<Constant.Sixteen>(lanes, words, packed, rows, count, histogram); break;
            case 32: Add<Constant.ThirtyTwo>(lanes, words, packed, rows, count, histogram); break;
            case 64: Add<Constant.SixtyFour>(lanes, words, packed, rows, count, histogram); break;
            case 128: Add<Constant.OneHundredTwentyEight>(lanes, words, packed, rows, count, histogram); break;
            default: Add<Constant.TwoHundredFiftySix>(lanes, words, packed, rows, count, histogram); break;
        }
    }

    private static void Add<TStride>(int lanes, ulong* words, long* packed, int* rows, int count, long* histogram)
        where TStride : struct, IConstant
    {
        switch (lanes)
        {
            case 1: Add<TStride, Constant.One>(words, packed, rows, count, histogram); break;
            case 2: Add<TStride, Constant.Two>(words, packed, rows, count, histogram); break;
            case 3: Add<TStride, Constant.Three>(words, packed, rows, count, histogram); break;
            case 4: Add<TStride, Constant.Four>(words, packed, rows, count, histogram); break;
            case 5: Add<TStride, Constant.Five>(words, packed, rows, count, histogram); break;
            case 6: Add<TStride, Constant.Six>(words, packed, rows, count, histogram); break;
            case 7: Add<TStride, Constant.Seven>(words, packed, rows, count, histogram); break;
            default: Add<TStride, Constant.Eight>(words, packed, rows, count, histogram); break;
        }
    }

    private static void Add<TStride, TLanes>(ulong* words, long* packed, int* rows, int count, long* histogram)
        where TStride : struct, IConstant
        where TLanes : struct, IConstant
    {
        if (rows is null)
        {
            for (int row = 0; row < count; row++) Add<TStride, TLanes>(words[row], packed[row], histogram);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            uint row = (uint)rows[i];
            Add<TStride, TLanes>(words[row], packed[row], histogram);
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    private static void Add<TStride, TLanes>(ulong word, long value, long* histogram)
        where TStride : struct, IConstant
        where TLanes : struct, IConstant
    {
        histogram[(byte)word] += value;
        if (TLanes.Value > 1) histogram[TStride.Value + (nuint)(byte)(word >> 8)] += value;
        if (TLanes.Value > 2) histogram[(2 * TStride.Value) + (nuint)(byte)(word >> 16)] += value;
        if (TLanes.Value > 3) histogram[(3 * TStride.Value) + (nuint)(byte)(word >> 24)] += value;
        if (TLanes.Value > 4) histogram[(4 * TStride.Value) + (nuint)(byte)(word >> 32)] += value;
        if (TLanes.Value > 5) histogram[(5 * TStride.Value) + (nuint)(byte)(word >> 40)] += value;
        if (TLanes.Value > 6) histogram[(6 * TStride.Value) + (nuint)(byte)(word >> 48)] += value;
        if (TLanes.Value > 7) histogram[(7 * TStride.Value) + (nuint)(word >> 56)] += value;
    }

    private static void AddVectors(int lanes, int stride, ulong* words, long* packed, int* rows, int count, long* histogram, int outputs)
    {
        for (int i = 0; i < count; i++)
        {
            int row = rows is null ? i : rows[i];
            ulong word = words[row];
            long* from = packed + ((nint)row * outputs);
            for (int lane = 0; lane < lanes; lane++)
            {
                long* bin = histogram + ((nint)((lane * stride) + (int)(byte)word) * outputs);
                for (int k = 0; k < outputs; k++) bin[k] += from[k];
                word >>= 8;
            }
        }
    }
}
