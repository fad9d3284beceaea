using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Boosting;

/// <summary>Runs a <see cref="MaskPass"/> over the rows of a tile.</summary>
internal static unsafe class LeafMasks
{
    private const int Wide = 16, Narrow = 8, WordsOfVector = 16;

    /// <summary>The leaves that each row may still end in.</summary>
    /// <param name="pass">The splits.</param>
    /// <param name="nodes">Splits on numbers.</param>
    /// <param name="sets">Splits on categories.</param>
    /// <param name="words">Sets of categories.</param>
    /// <param name="tile">Columns of <see cref="RowTile.Rows"/> values.</param>
    /// <param name="rows">Rows in use, 1 or more.</param>
    /// <param name="masks">Receives a mask per row.</param>
    public static void Run(in MaskPass pass, MaskNode* nodes, MaskSetNode* sets, uint* words, float* tile, int rows, uint* masks)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            if (rows > RowTile.Rows - Wide) Numbers512(pass, nodes, tile, masks);
            else for (int row = 0; row < rows; row += Wide) Numbers512(pass, nodes, tile + row, masks + row, 0);
        }
        else
        {
            for (int row = 0; row < rows; row += Narrow) Numbers256(pass, nodes, tile + row, masks + row);
        }

        for (MaskSetNode* node = sets + pass.SetBegin; node < sets + pass.SetEnd; node++)
        {
            int* ids = (int*)(tile + node->Column);
            uint* set = words + node->Set;
            if (Avx512F.IsSupported && node->Words <= WordsOfVector) Categories512(set, ids, node->Keep, rows, masks);
            else for (int row = 0; row < rows; row++) masks[row] &= ((set[ids[row] >> 5] >> (ids[row] & 31)) & 1) != 0 ? uint.MaxValue : node->Keep;
        }
    }

    /// <summary>Turns masks into leaves where one is left; the others keep what a later pass has found. Every row has a leaf in one of the passes.</summary>
    /// <param name="masks">A mask per row.</param>
    /// <param name="pass">Number of the pass, from 0; the highest comes first.</param>
    /// <param name="rows">Rows in use.</param>
    /// <param name="leaves">The place of each row's leaf.</param>
    public static void Find(uint* masks, int pass, int rows, int* leaves)
    {
        int start = pass * (8 * sizeof(uint));
        if (Avx512CD.IsSupported)
        {
            for (int row = 0; row < rows; row += Wide)
            {
                Vector512<uint> mask = Vector512.Load(masks + row), leaf = Avx512CD.LeadingZeroCount(mask) + Vector512.Create((uint)start);
                Vector512.ConditionalSelect(Vector512.Equals(mask, Vector512<uint>.Zero), Vector512.Load((uint*)leaves + row), leaf).Store((uint*)leaves + row);
            }

            return;
        }

        for (int row = 0; row < rows; row++) leaves[row] = masks[row] == 0 ? leaves[row] : start + BitOperations.LeadingZeroCount(masks[row]);
    }

    /// <summary>A whole tile: a split is read once for four vectors of rows.</summary>
    private static void Numbers512(in MaskPass pass, MaskNode* nodes, float* tile, uint* masks)
    {
        Vector512<uint> a = Vector512<uint>.AllBitsSet, b = a, c = a, d = a;
        MaskNode* node = nodes + pass.Begin, middle = nodes + pass.MissingRight, end = nodes + pass.End;
        for (; node < middle; node++)
        {
            float* x = tile + node->Column;
            var threshold = Vector512.Create(node->Threshold);
            var keep = Vector512.Create(node->Keep);
            a = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Load(x), threshold).AsUInt32(), a & keep, a);
            b = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Load(x + Wide), threshold).AsUInt32(), b & keep, b);
            c = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Load(x + (2 * Wide)), threshold).AsUInt32(), c & keep, c);
            d = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Load(x + (3 * Wide)), threshold).AsUInt32(), d & keep, d);
        }

        for (; node < end; node++)
        {
            float* x = tile + node->Column;
            var threshold = Vector512.Create(node->Threshold);
            var keep = Vector512.Create(node->Keep);
            a = Vector512.ConditionalSelect(Vector512.LessThanOrEqual(Vector512.Load(x), threshold).AsUInt32(), a, a & keep);
            b = Vector512.ConditionalSelect(Vector512.LessThanOrEqual(Vector512.Load(x + Wide), threshold).AsUInt32(), b, b & keep);
            c = Vector512.ConditionalSelect(Vector512.LessThanOrEqual(Vector512.Load(x + (2 * Wide)), threshold).AsUInt32(), c, c & keep);
            d = Vector512.ConditionalSelect(Vector512.LessThanOrEqual(Vector512.Load(x + (3 * Wide)), threshold).AsUInt32(), d, d & keep);
        }

        a.Store(masks);
        b.Store(masks + Wide);
        c.Store(masks + (2 * Wide));
        d.Store(masks + (3 * Wide));
    }

    private static void Numbers512(in MaskPass pass, MaskNode* nodes, float* tile, uint* masks, int at)
    {
        Vector512<uint> mask = Vector512<uint>.AllBitsSet;
        MaskNode* node = nodes + pass.Begin, middle = nodes + pass.MissingRight, end = nodes + pass.End;
        for (; node < middle; node++) mask = Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Load(tile + node->Column), Vector512.Create(node->Threshold)).AsUInt32(), mask & Vector512.Create(node->Keep), mask);
        for (; node < end; node++) mask = Vector512.ConditionalSelect(Vector512.LessThanOrEqual(Vector512.Load(tile + node->Column), Vector512.Create(node->Threshold)).AsUInt32(), mask, mask & Vector512.Create(node->Keep));
        mask.Store(masks + at);
    }

    private static void Numbers256(in MaskPass pass, MaskNode* nodes, float* tile, uint* masks)
    {
        Vector256<uint> mask = Vector256<uint>.AllBitsSet;
        MaskNode* node = nodes + pass.Begin, middle = nodes + pass.MissingRight, end = nodes + pass.End;
        for (; node < middle; node++) mask &= ~Vector256.GreaterThan(Vector256.Load(tile + node->Column), Vector256.Create(node->Threshold)).AsUInt32() | Vector256.Create(node->Keep);
        for (; node < end; node++) mask &= Vector256.LessThanOrEqual(Vector256.Load(tile + node->Column), Vector256.Create(node->Threshold)).AsUInt32() | Vector256.Create(node->Keep);
        mask.Store(masks);
    }

    /// <summary>Up to 511 categories: the words of the set lie in one register, where an id finds its own.</summary>
    private static void Categories512(uint* set, int* ids, uint keep, int rows, uint* masks)
    {
        Vector512<uint> words = Vector512.Load(set), keeps = Vector512.Create(keep), one = Vector512.Create(1u), low = Vector512.Create(31u);
        for (int row = 0; row < rows; row += Wide)
        {
            Vector512<uint> id = Vector512.Load((uint*)ids + row), mask = Vector512.Load(masks + row);
            Vector512<uint> left = Avx512F.ShiftRightLogicalVariable(Avx512F.PermuteVar16x32(words, id >>> 5), id & low) & one;
            Vector512.ConditionalSelect(Vector512.Equals(left, one), mask, mask & keeps).Store(masks + row);
        }
    }
}
