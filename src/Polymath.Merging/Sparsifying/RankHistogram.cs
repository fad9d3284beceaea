using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Sparsifying;

/// <summary>
/// Ranks by counting bits: one pass counts the upper halves of all keys, a second the lower halves within the one bin that matters, and where equal keys
/// have to be told apart a third places them. Counts are whole numbers, so the order of the blocks does not matter.
/// </summary>
internal sealed class RankHistogram
{
    private const int HalfBits = 16, Bins = 1 << HalfBits;

    // An int holds the counts of 2^31 elements; a table is emptied into longs well before.
    private const int DrainEvery = 0x3FFF;

    private readonly int[] _rows;
    private readonly long[] _wanted;
    private readonly long[] _ties;

    /// <summary>A count for some rows of keys.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="wanted">For each which largest is wanted, from 1 to all.</param>
    public RankHistogram(int[] rows, long[] wanted)
    {
        _rows = rows;
        _wanted = [.. wanted];
        _ties = new long[rows.Length];
    }

    /// <summary>The cuts above which exactly the wanted numbers of elements lie.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="wanted">For each which largest is wanted, from 1 to all.</param>
    /// <param name="keys">The keys.</param>
    public static RankCut[] Largest(TensorMerge tensor, int scratch, int[] rows, long[] wanted, RankSelection.Keys keys)
    {
        var counts = new RankHistogram(rows, wanted);
        RankCut[] cuts = [.. counts.Find([(tensor, keys)], Granularity.Elements, scratch).Select(bits => new RankCut(BitConverter.UInt32BitsToSingle(bits), long.MaxValue))];
        counts.PlaceTies(tensor, scratch, keys, cuts);
        return cuts;
    }

    /// <summary>The bits of the keys of the wanted ranks.</summary>
    /// <param name="parts">The tensors with their keys.</param>
    /// <param name="granularity">How tensors may be cut for the keys.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    public uint[] Find(IReadOnlyList<(TensorMerge Tensor, RankSelection.Keys Keys)> parts, Granularity granularity, int scratch)
    {
        uint[] bits = new uint[_rows.Length];
        long[] upper = Count(parts, granularity, scratch, null);
        for (int i = 0; i < bits.Length; i++) bits[i] = (uint)Descend(upper.AsSpan(i * Bins, Bins), ref _wanted[i]) << HalfBits;
        long[] lower = Count(parts, granularity, scratch, bits);
        for (int i = 0; i < bits.Length; i++)
        {
            int bin = Descend(lower.AsSpan(i * Bins, Bins), ref _wanted[i]);
            _ties[i] = lower[(i * Bins) + bin];
            bits[i] |= (uint)bin;
        }

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

    private long[] Count(IReadOnlyList<(TensorMerge Tensor, RankSelection.Keys Keys)> parts, Granularity granularity, int scratch, uint[]? prefix)
    {
        var free = new ConcurrentBag<int[]>();
        var all = new ConcurrentBag<int[]>();
        long[] total = new long[_rows.Length * Bins];
        Lock gate = new();
        foreach ((TensorMerge tensor, RankSelection.Keys keys) in parts)
        {
            tensor.ForEachBlock(granularity, scratch, block =>
            {
                if (!free.TryTake(out int[]? counts))
                {
                    counts = new int[_rows.Length * Bins];
                    all.Add(counts);
                }

                for (int i = 0; i < _rows.Length; i++)
                {
                    ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(keys(block, _rows[i]));
                    Span<int> bins = counts.AsSpan(i * Bins, Bins);
                    if (prefix is null) Upper(bits, bins);
                    else Lower(bits, prefix[i], bins);
                }

                if ((block.Index & DrainEvery) == DrainEvery)
                {
                    lock (gate) Drain(counts, total);
                }

                free.Add(counts);
            });
            foreach (int[] counts in all) Drain(counts, total);
        }

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

    private void PlaceTies(TensorMerge tensor, int scratch, RankSelection.Keys keys, RankCut[] cuts)
    {
        int[] split = [.. Enumerable.Range(0, _rows.Length).Where(i => _wanted[i] < _ties[i])];
        if (split.Length == 0) return;
        int[] held = new int[tensor.BlockCount(Granularity.Elements) * split.Length];
        tensor.ForEachBlock(Granularity.Elements, scratch, block =>
        {
            for (int i = 0; i < split.Length; i++) held[(block.Index * split.Length) + i] = MemoryMarshal.Cast<float, uint>(keys(block, _rows[split[i]])).Count(Bits(cuts[split[i]]));
        });
        for (int i = 0; i < split.Length; i++)
        {
            int row = split[i];
            cuts[row] = cuts[row] with { TieEnd = TieEnd(tensor, scratch, _rows[row], keys, Bits(cuts[row]), _wanted[row], block => held[(block * split.Length) + i]) };
        }
    }

    /// <summary>The position after the last of some equal keys, counted from the first element.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    /// <param name="row">The row of keys.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="bits">The bits of the equal keys.</param>
    /// <param name="wanted">How many of them, from 1 on.</param>
    /// <param name="held">How many of them a block holds.</param>
    internal static long TieEnd(TensorMerge tensor, int scratch, int row, RankSelection.Keys keys, uint bits, long wanted, Func<int, int> held)
    {
        int block = 0;
        while (wanted > held(block)) wanted -= held(block++);
        long end = 0;
        tensor.ForBlock(Granularity.Elements, scratch, block, found =>
        {
            ReadOnlySpan<uint> values = MemoryMarshal.Cast<float, uint>(keys(found, row));
            int position = -1;
            for (long seen = 0; seen < wanted; seen++) position += 1 + values[(position + 1)..].IndexOf(bits);
            end = found.Start + position + 1;
        });
        return end;
    }

    private static uint Bits(RankCut cut) => BitConverter.SingleToUInt32Bits(cut.Threshold);
}
