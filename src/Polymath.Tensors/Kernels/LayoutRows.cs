namespace Polymath.Tensors.Kernels;

internal static unsafe partial class Layout
{
    /// <summary>y[i] = table[index[i]] for <paramref name="count"/> rows of <paramref name="width"/>; the indices are valid.</summary>
    public static void GatherRows(float* table, int* index, int count, int width, float* y)
        => RowLoop<GatherRow>.Run(count, width, new GatherRow { Table = table, Index = index, Y = y, Width = width });

    /// <summary>An index of <see cref="ScatterRows"/> that stands for no row.</summary>
    public const int Nowhere = -1;

    /// <summary>
    /// table[o, row] = the sum of g[o, i] over the i with index[i] = row, in the order of i, for each of <paramref name="outer"/> blocks (tasks):
    /// g is [outer, count, width], table [outer, rows, width]. The indices are sorted by row once (a counting sort), so every row is
    /// written once, whether something falls into it or not, and the result does not depend on the split.
    /// </summary>
    public static void ScatterRows(float* g, int* index, int outer, int count, int width, int rows, float* table)
    {
        if (outer == 0 || width == 0 || rows == 0) return;
        int* starts = Scratch.Get<int>(Scratch.Slot.Partial, (nint)rows + 2 + count), order = starts + rows + 2;

        // Counts two places on, so that after the sums and the placing starts[row] .. starts[row + 1] is the range of a row.
        new Span<int>(starts, rows + 2).Clear();
        for (int i = 0; i < count; i++)
        {
            if (index[i] != Nowhere) starts[index[i] + 2]++;
        }

        for (int row = 2; row < rows + 2; row++) starts[row] += starts[row - 1];
        for (int i = 0; i < count; i++)
        {
            if (index[i] != Nowhere) order[starts[index[i] + 1]++] = i;
        }

        int block = Math.Max(1, Grain / width), blocks = ((rows - 1) / block) + 1;
        var body = new ScatterBody { G = g, Table = table, Starts = starts, Order = order, Count = count, Width = width, Rows = rows, Block = block, Blocks = blocks };
        Workers.For(outer * blocks, ref body);
    }

    private struct GatherRow : IRowKernel
    {
        public float* Table, Y;
        public int* Index;
        public int Width;

        public readonly void Row(int row)
            => new ReadOnlySpan<float>(Table + ((nint)Index[row] * Width), Width).CopyTo(new Span<float>(Y + ((nint)row * Width), Width));
    }

    private struct ScatterBody : IBody
    {
        public float* G, Table;
        public int* Starts, Order;
        public int Count, Width, Rows, Block, Blocks;

        public readonly void Run(int chunk)
        {
            int first = chunk % Blocks * Block, last = Math.Min(Rows, first + Block);
            float* g = G + ((nint)(chunk / Blocks) * Count * Width), table = Table + ((nint)(chunk / Blocks) * Rows * Width);
            for (int row = first; row < last; row++)
            {
                float* target = table + ((nint)row * Width);
                int start = Starts[row], end = Starts[row + 1];
                if (start == end)
                {
                    new Span<float>(target, Width).Clear();
                    continue;
                }

                new ReadOnlySpan<float>(g + ((nint)Order[start] * Width), Width).CopyTo(new Span<float>(target, Width));
                for (int i = start + 1; i < end; i++) ColumnSums.Add(g + ((nint)Order[i] * Width), Width, target);
            }
        }
    }
}
