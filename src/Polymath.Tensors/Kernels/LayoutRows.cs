using System.Numerics.Tensors;

namespace Polymath.Tensors.Kernels;

internal static unsafe partial class Layout
{
    private const int PartLimit = 16;

    /// <summary>y[i] = table[index[i]] for <paramref name="count"/> rows of <paramref name="width"/>; the indices are valid.</summary>
    public static void GatherRows(float* table, int* index, int count, int width, float* y)
        => RowLoop<GatherRow>.Run(count, width, new GatherRow { Table = table, Index = index, Y = y, Width = width });

    /// <summary>
    /// table[index[i]] += g[i]. Every row of the table is owned by one part and sums in the order of i, which is the plain
    /// loop's result bit for bit; so the number of parts may follow the thread count.
    /// </summary>
    public static void ScatterAddRows(float* g, int* index, int count, int width, float* table)
    {
        if (count == 0 || width == 0) return;
        int parts = (long)count * width < 2 * Grain ? 1 : Math.Min(Workers.Count, PartLimit);
        var body = new ScatterBody { G = g, Index = index, Table = table, Count = count, Width = width, Parts = parts };
        Workers.For(parts, ref body);
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
        public int* Index;
        public int Count, Width, Parts;

        public readonly void Run(int chunk)
        {
            for (int i = 0; i < Count; i++)
            {
                int row = Index[i];
                if ((uint)row % (uint)Parts != (uint)chunk) continue;
                var target = new Span<float>(Table + ((nint)row * Width), Width);
                TensorPrimitives.Add(target, new ReadOnlySpan<float>(G + ((nint)i * Width), Width), target);
            }
        }
    }
}
