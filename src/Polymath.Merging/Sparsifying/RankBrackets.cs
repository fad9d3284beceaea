using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Polymath.Merging.Blending;
using Polymath.Tensors.Kernels;

namespace Polymath.Merging.Sparsifying;

/// <summary>
/// Ranks by a sample: runs of elements from all over the tensor give two keys between which the wanted one almost surely lies; one pass counts the keys
/// above and gathers those within, a few per cent, and the exact answer is found among them. A tensor that is small is gathered whole.
/// </summary>
/// <remarks>
/// Elements near each other are alike, so the width of a bracket comes from how much the runs differ among themselves. A bracket that misses is noticed by
/// its counts. Which elements are sampled follows from the size alone.
/// </remarks>
internal sealed class RankBrackets : IDisposable
{
    private const int RunLength = 128, Runs = 128, ManyRuns = 512;

    /// <summary>Up to this many elements a tensor is gathered whole, from this many the sample is larger.</summary>
    private const long Small = 1 << 16, Large = 1 << 24;

    /// <summary>Half the width of a bracket in standard errors; a miss is rare, and costs time alone.</summary>
    private const double Width = 4;

    /// <summary>A bracket that holds more of the sample is not worth gathering.</summary>
    private const double MostHeld = 0.2;

    /// <summary>Nor one that holds more keys than this (128 MB).</summary>
    private const double MostKeys = 1 << 25;

    private readonly TensorMerge _tensor;
    private readonly int _scratch;
    private readonly int[] _rows;
    private readonly long[] _wanted;
    private readonly RankSelection.Keys _keys;
    private readonly uint[] _low, _high;
    private readonly bool[] _bracketed;
    private readonly long[] _above;
    private readonly uint[]?[] _held;
    private readonly int[] _heldCount;

    /// <summary>Samples and gathers.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="scratch">Scratch spans that the keys need.</param>
    /// <param name="rows">The rows of keys.</param>
    /// <param name="wanted">For each which largest is wanted, from 1 to all.</param>
    /// <param name="keys">The keys.</param>
    public RankBrackets(TensorMerge tensor, int scratch, int[] rows, long[] wanted, RankSelection.Keys keys)
    {
        (_tensor, _scratch, _rows, _wanted, _keys) = (tensor, scratch, rows, wanted, keys);
        (_low, _high, _bracketed) = (new uint[rows.Length], new uint[rows.Length], new bool[rows.Length]);
        if (tensor.Elements <= Small)
        {
            Array.Fill(_high, uint.MaxValue);
            Array.Fill(_bracketed, true);
        }
        else
        {
            Sample(tensor.Elements < Large ? Runs : ManyRuns);
        }

        int blocks = tensor.BlockCount(Granularity.Elements);
        (_above, _held, _heldCount) = (new long[blocks * rows.Length], new uint[blocks * rows.Length][], new int[blocks * rows.Length]);
        if (_bracketed.Contains(true)) tensor.ForEachBlock(Granularity.Elements, scratch, Gather);
    }

    /// <summary>The cut of a row, unless its bracket missed.</summary>
    /// <param name="index">The row's position among the rows.</param>
    /// <param name="cut">The cut above which exactly the wanted number of elements lies.</param>
    public bool TryCut(int index, out RankCut cut)
    {
        cut = default;
        int rows = _rows.Length;
        long above = 0, held = 0;
        for (int at = index; at < _above.Length; at += rows)
        {
            above += _above[at];
            held += _heldCount[at];
        }

        long wanted = _wanted[index] - above;
        if (!_bracketed[index] || wanted < 1 || wanted > held) return false;
        (uint bits, long rank, long ties) = Select(index, wanted);
        cut = new RankCut(BitConverter.UInt32BitsToSingle(bits), long.MaxValue);
        if (rank < ties) cut = cut with { TieEnd = RankHistogram.TieEnd(_tensor, _scratch, _rows[index], _keys, bits, rank, block => Held((block * rows) + index).Count(bits)) };
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (uint[]? held in _held)
        {
            if (held is not null) ArrayPool<uint>.Shared.Return(held);
        }
    }

    private ReadOnlySpan<uint> Held(int at) => _held[at].AsSpan(0, _heldCount[at]);

    private void Sample(int runs)
    {
        uint[] sample = new uint[_rows.Length * runs * RunLength];
        long stratum = _tensor.Elements / runs;
        // One run in each of equal parts of the tensor, at a place that no regular structure follows.
        _tensor.ForPieces(runs, run => (run * stratum) + (long)((uint)((run + 1) * 0x9E3779B9) % (ulong)(stratum - RunLength)), RunLength, _scratch, block =>
        {
            for (int i = 0; i < _rows.Length; i++) MemoryMarshal.Cast<float, uint>(_keys(block, _rows[i])).CopyTo(sample.AsSpan(((i * runs) + block.Index) * RunLength, RunLength));
        });
        var body = new BracketBody { Brackets = this, Sample = sample, Runs = runs };
        Workers.For(_rows.Length, ref body);
    }

    private void Bracket(int index, Span<uint> sample, int runs)
    {
        uint[] sorted = sample.ToArray();
        Array.Sort(sorted);
        double share = (double)_wanted[index] / _tensor.Elements;
        int size = sorted.Length, at = size - 1 - Math.Min(size - 1, (int)(share * size));
        // The spread of the runs' own shares above the estimate.
        double square = 0;
        for (int run = 0; run < runs; run++)
        {
            int count = 0;
            foreach (uint key in sample.Slice(run * RunLength, RunLength)) count += key > sorted[at] ? 1 : 0;
            double off = ((double)count / RunLength) - share;
            square += off * off;
        }

        double error = Math.Sqrt(Math.Max(square / ((double)runs * runs), share * (1 - share) / size));
        int reach = (int)Math.Ceiling(Width * error * size) + RunLength / 8, low = at - reach, high = at + reach;
        (_low[index], _high[index]) = (low < 0 ? 0 : sorted[low], high >= size ? uint.MaxValue : sorted[high]);
        int inside = 0;
        foreach (uint key in sorted) inside += key >= _low[index] && key <= _high[index] ? 1 : 0;
        _bracketed[index] = inside <= Math.Min(MostHeld, MostKeys / _tensor.Elements) * size;
    }

    private void Gather(Block block)
    {
        uint[] found = ArrayPool<uint>.Shared.Rent(block.Length + Vector<uint>.Count);
        for (int i = 0; i < _rows.Length; i++)
        {
            if (!_bracketed[i]) continue;
            int at = (block.Index * _rows.Length) + i, count = Within(MemoryMarshal.Cast<float, uint>(_keys(block, _rows[i])), _low[i], _high[i], found, out int above);
            (_above[at], _heldCount[at]) = (above, count);
            if (count == 0) continue;
            _held[at] = ArrayPool<uint>.Shared.Rent(count);
            found.AsSpan(0, count).CopyTo(_held[at]);
        }

        ArrayPool<uint>.Shared.Return(found);
    }

    // Gathers the keys from low to high and counts those above.
    private static int Within(ReadOnlySpan<uint> keys, uint low, uint high, Span<uint> found, out int above)
    {
        int count = 0, i = 0;
        Vector<uint> least = new(low), most = new(high), counted = Vector<uint>.Zero;
        for (; i <= keys.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            Vector<uint> key = new(keys[i..]), over = Vector.GreaterThan(key, most);
            counted -= over;
            if (Vector.EqualsAll(Vector.AndNot(Vector.GreaterThanOrEqual(key, least), over), Vector<uint>.Zero)) continue;
            foreach (uint each in keys.Slice(i, Vector<uint>.Count))
            {
                found[count] = each;
                count += each - low <= high - low ? 1 : 0;
            }
        }

        above = (int)Vector.Sum(counted);
        for (; i < keys.Length; i++)
        {
            above += keys[i] > high ? 1 : 0;
            if (keys[i] - low <= high - low) found[count++] = keys[i];
        }

        return count;
    }

    // The wanted-th largest of the gathered keys, its rank among its equals and their number: bins over the bracket, then over the bin that matters.
    private (uint Bits, long Rank, long Ties) Select(int index, long wanted)
    {
        const int BinBits = 12;
        uint low = _low[index], high = _high[index];
        long[] bins = new long[1 << BinBits];
        while (true)
        {
            int shift = Math.Max(0, BitOperations.Log2(Math.Max(1, high - low)) + 1 - BinBits);
            Array.Clear(bins);
            for (int at = index; at < _held.Length; at += _rows.Length)
            {
                foreach (uint key in Held(at))
                {
                    if (key - low <= high - low) bins[(key - low) >> shift]++;
                }
            }

            int bin = bins.Length - 1;
            for (; bin > 0 && wanted > bins[bin]; bin--) wanted -= bins[bin];
            if (shift == 0) return (low + (uint)bin, wanted, bins[bin]);
            low += (uint)bin << shift;
            high = Math.Min(high, low + ((1u << shift) - 1));
        }
    }

    private struct BracketBody : IBody
    {
        public RankBrackets Brackets;
        public uint[] Sample;
        public int Runs;

        public readonly void Run(int chunk) => Brackets.Bracket(chunk, Sample.AsSpan(chunk * Runs * RunLength, Runs * RunLength), Runs);
    }
}
