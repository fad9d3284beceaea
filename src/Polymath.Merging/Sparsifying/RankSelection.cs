using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>
/// Finds the k-th largest of many keys without sorting and without holding them: the bits of a non-negative single order like its value,
/// so one pass counts the upper halves, a second the lower halves within the one bin that matters, and a third places the ties.
/// </summary>
/// <remarks>Counts are whole numbers, so the result is exact and the same at any thread count.</remarks>
internal static class RankSelection
{
    private const int HalfBits = 16, Bins = 1 << HalfBits;

    /// <summary>Writes the keys of a block; all non-negative. <paramref name="row"/> tells which of the selections is meant.</summary>
    public delegate ReadOnlySpan<float> Keys(Block block, int row);

    /// <summary>The cut above which exactly <c>ranks[row]</c> elements lie, for each row of keys.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="granularity">How the tensor may be cut for the keys.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    /// <param name="ranks">For each row how many elements are wanted, 0 to all.</param>
    /// <param name="keys">The keys.</param>
    public static RankCut[] Largest(TensorMerge tensor, Granularity granularity, int scratch, IReadOnlyList<long> ranks, Keys keys)
    {
        var cuts = new RankCut[ranks.Count];
        int[] open = [.. Enumerable.Range(0, ranks.Count).Where(row => ranks[row] > 0 && ranks[row] < tensor.Elements)];
        for (int row = 0; row < ranks.Count; row++) cuts[row] = ranks[row] >= tensor.Elements ? RankCut.All : RankCut.None;
        if (open.Length == 0) return cuts;

        uint[] prefix = new uint[open.Length];
        long[] wanted = Array.ConvertAll(open, row => ranks[row]);
        long[] upper = Count(tensor, granularity, scratch, open, keys, null);
        for (int i = 0; i < open.Length; i++) prefix[i] = (uint)Descend(upper.AsSpan(i * Bins, Bins), ref wanted[i]) << HalfBits;
        long[] lower = Count(tensor, granularity, scratch, open, keys, prefix);
        long[] ties = new long[open.Length];
        for (int i = 0; i < open.Length; i++)
        {
            Span<long> bins = lower.AsSpan(i * Bins, Bins);
            int bin = Descend(bins, ref wanted[i]);
            ties[i] = bins[bin];
            cuts[open[i]] = new RankCut(BitConverter.UInt32BitsToSingle(prefix[i] | (uint)bin), long.MaxValue);
        }

        PlaceTies(tensor, granularity, scratch, open, keys, cuts, wanted, ties);
        return cuts;
    }

    /// <summary>The bits of the keys of some ranks, where keys are any 32 bits that order as whole numbers.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="granularity">How the tensor may be cut for the keys.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    /// <param name="ranks">For each row which largest is wanted, from 1 to all.</param>
    /// <param name="keys">The keys.</param>
    public static uint[] LargestBits(TensorMerge tensor, Granularity granularity, int scratch, IReadOnlyList<long> ranks, Keys keys)
    {
        int[] rows = [.. Enumerable.Range(0, ranks.Count)];
        long[] wanted = [.. ranks];
        uint[] bits = new uint[rows.Length];
        long[] upper = Count(tensor, granularity, scratch, rows, keys, null);
        for (int i = 0; i < rows.Length; i++) bits[i] = (uint)Descend(upper.AsSpan(i * Bins, Bins), ref wanted[i]) << HalfBits;
        long[] lower = Count(tensor, granularity, scratch, rows, keys, bits);
        for (int i = 0; i < rows.Length; i++) bits[i] |= (uint)Descend(lower.AsSpan(i * Bins, Bins), ref wanted[i]);
        return bits;
    }

    // The bin that holds the wanted-th largest; wanted becomes the rank within it.
    private static int Descend(ReadOnlySpan<long> bins, ref long wanted)
    {
        for (int bin = bins.Length - 1; bin > 0; bin--)
        {
            if (wanted <= bins[bin]) return bin;
            wanted -= bins[bin];
        }

        return 0;
    }

    private static long[] Count(TensorMerge tensor, Granularity granularity, int scratch, int[] open, Keys keys, uint[]? prefix)
    {
        var free = new ConcurrentBag<int[]>();
        var all = new ConcurrentBag<int[]>();
        long[] total = new long[open.Length * Bins];
        Lock gate = new();
        tensor.ForEachBlock(granularity, scratch, block =>
        {
            if (!free.TryTake(out int[]? counts))
            {
                counts = new int[open.Length * Bins];
                all.Add(counts);
            }

            for (int i = 0; i < open.Length; i++)
            {
                ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(keys(block, open[i]));
                Span<int> bins = counts.AsSpan(i * Bins, Bins);
                if (prefix is null) Upper(bits, bins);
                else Lower(bits, prefix[i], bins);
            }

            // An int holds the counts of 2^31 elements; a table is emptied into the longs long before.
            if ((block.Index & 0x3FFF) == 0x3FFF)
            {
                lock (gate) Drain(counts, total);
            }

            free.Add(counts);
        });
        foreach (int[] counts in all) Drain(counts, total);
        return total;
    }

    private static void Upper(ReadOnlySpan<uint> bits, Span<int> bins)
    {
        foreach (uint value in bits) bins[(int)(value >> HalfBits)]++;
    }

    private static void Lower(ReadOnlySpan<uint> bits, uint prefix, Span<int> bins)
    {
        foreach (uint value in bits)
        {
            uint low = value ^ prefix;
            if (low < Bins) bins[(int)low]++;
        }
    }

    private static void Drain(int[] counts, long[] total)
    {
        for (int i = 0; i < counts.Length; i++) total[i] += counts[i];
        Array.Clear(counts);
    }

    private static void PlaceTies(TensorMerge tensor, Granularity granularity, int scratch, int[] open, Keys keys, RankCut[] cuts, long[] wanted, long[] ties)
    {
        int[] split = [.. Enumerable.Range(0, open.Length).Where(i => wanted[i] < ties[i])];
        if (split.Length == 0) return;
        int blocks = tensor.BlockCount(granularity);
        int[] held = new int[blocks * split.Length];
        tensor.ForEachBlock(granularity, scratch, block =>
        {
            for (int i = 0; i < split.Length; i++) held[(block.Index * split.Length) + i] = keys(block, open[split[i]]).Count(cuts[open[split[i]]].Threshold);
        });
        for (int i = 0; i < split.Length; i++)
        {
            int row = open[split[i]], block = 0;
            long left = wanted[split[i]];
            while (left > held[(block * split.Length) + i]) left -= held[(block++ * split.Length) + i];
            long end = 0;
            int target = block;
            tensor.ForBlock(granularity, scratch, target, found =>
            {
                ReadOnlySpan<float> values = keys(found, row);
                int position = -1;
                for (long seen = 0; seen < left; seen++) position += 1 + values[(position + 1)..].IndexOf(cuts[row].Threshold);
                end = found.Start + position + 1;
            });
            cuts[row] = cuts[row] with { TieEnd = end };
        }
    }
}
