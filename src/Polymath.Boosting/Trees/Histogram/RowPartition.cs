using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>The list of rows, in which every node is a range; splits a node's range in two, in order, several nodes at a time.</summary>
internal sealed unsafe class RowPartition
{
    private const int BlockRows = 8192;
    private readonly int[] _rows;
    private readonly int[] _scratch;
    private readonly List<Block> _blocks = [];
    private Block[] _work = [];

    /// <summary>A list of so many rows.</summary>
    public RowPartition(int rows)
    {
        _rows = GC.AllocateUninitializedArray<int>(rows, pinned: true);
        _scratch = GC.AllocateUninitializedArray<int>(rows, pinned: true);
    }

    /// <summary>The list, in pinned memory.</summary>
    public int* Rows => (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_rows));

    private int* Scratch => (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_scratch));

    /// <summary>Starts over with the given rows, or all.</summary>
    /// <returns>How many there are.</returns>
    public int Reset(int[]? rows)
    {
        if (rows is null)
        {
            for (int row = 0; row < _rows.Length; row++) _rows[row] = row;
            return _rows.Length;
        }

        rows.CopyTo(_rows, 0);
        return rows.Length;
    }

    /// <summary>The rows of a range.</summary>
    public ReadOnlySpan<int> Range(int start, int count) => _rows.AsSpan(start, count);

    /// <summary>Divides ranges.</summary>
    /// <param name="cuts">What is divided and how.</param>
    /// <param name="lefts">Receives how many rows of each went left.</param>
    public void Divide(ReadOnlySpan<RowCut> cuts, Span<int> lefts)
    {
        _blocks.Clear();
        int rows = 0;
        for (int cut = 0; cut < cuts.Length; cut++)
        {
            rows += cuts[cut].Count;
            for (int start = 0; start < cuts[cut].Count; start += BlockRows) _blocks.Add(new Block(cut, cuts[cut], cuts[cut].Start + start, Math.Min(BlockRows, cuts[cut].Count - start)));
        }

        if (_work.Length < _blocks.Count) _work = new Block[_blocks.Count * 2];
        _blocks.CopyTo(_work);
        var divide = new DivideBody { Partition = this };
        Effort.For(_blocks.Count, 3L * rows, ref divide);
        lefts.Clear();
        for (int block = 0; block < _blocks.Count; block++)
        {
            _work[block].LeftTo = _work[block].Cut.Start + lefts[_work[block].Number];
            lefts[_work[block].Number] += _work[block].Lefts;
        }

        int right = 0;
        for (int block = 0; block < _blocks.Count; block++)
        {
            ref Block work = ref _work[block];
            if (block == 0 || _work[block - 1].Number != work.Number) right = work.Cut.Start + lefts[work.Number];
            work.RightTo = right;
            right += work.Count - work.Lefts;
        }

        var gather = new GatherBody { Partition = this };
        Effort.For(_blocks.Count, rows, ref gather);
    }

    private struct Block(int number, RowCut cut, int start, int count)
    {
        public readonly int Number = number;
        public readonly RowCut Cut = cut;
        public readonly int Start = start;
        public readonly int Count = count;
        public int Lefts;
        public int LeftTo;
        public int RightTo;
    }

    /// <summary>Left rows to the front of the block's scratch range, right rows to its back in reverse; both are written, one of them stays.</summary>
    private struct DivideBody : IBody
    {
        public RowPartition Partition;

        public readonly void Run(int chunk)
        {
            ref Block block = ref Partition._work[chunk];
            int* rows = Partition.Rows + block.Start, scratch = Partition.Scratch + block.Start;
            ulong* words = block.Cut.Words;
            int shift = 8 * block.Cut.Lane, left = 0, right = block.Count - 1;
            fixed (byte* goesLeft = block.Cut.GoesLeft)
            {
                for (int i = 0; i < block.Count; i++)
                {
                    int row = rows[i], goes = goesLeft[(byte)(words[(uint)row] >> shift)];
                    scratch[left] = row;
                    scratch[right] = row;
                    left += goes;
                    right -= 1 - goes;
                }
            }

            block.Lefts = left;
        }
    }

    private struct GatherBody : IBody
    {
        public RowPartition Partition;

        public readonly void Run(int chunk)
        {
            ref Block block = ref Partition._work[chunk];
            Span<int> scratch = Partition._scratch.AsSpan(block.Start, block.Count), rights = scratch[block.Lefts..];
            scratch[..block.Lefts].CopyTo(Partition._rows.AsSpan(block.LeftTo));
            rights.Reverse();
            rights.CopyTo(Partition._rows.AsSpan(block.RightTo));
        }
    }
}
