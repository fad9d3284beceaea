namespace Polymath.Tensors.Kernels;

/// <summary>Kernels that move elements without computing: permutation, slices, rows by index.</summary>
internal static unsafe partial class Layout
{
    private const int Grain = 16 * 1024, Tile = 8;

    /// <summary>
    /// y = x with its axes reordered: axis d of y is axis permutation[d] of x. Both are contiguous row-major; any rank. The
    /// arrays must not overlap.
    /// </summary>
    public static void Permute(float* x, ReadOnlySpan<int> shape, ReadOnlySpan<int> permutation, float* y)
    {
        int capacity = Math.Max(1, shape.Length);
        int* size = stackalloc int[capacity];
        nint* source = stackalloc nint[capacity], target = stackalloc nint[capacity];
        int rank = Collapse(shape, permutation, size, source);
        nint length = 1;
        for (int d = rank - 1; d >= 0; d--)
        {
            target[d] = length;
            length *= size[d];
        }

        if (length == 0) return;
        int last = rank - 1, columns = last;
        for (int d = 0; d < rank; d++)
        {
            if (source[d] == 1 && size[d] > 1) columns = d;
        }

        // Rows of y run along the last axis; x is contiguous along "columns". When they differ, tiles keep both sides in cache.
        int rowAxis = columns == last ? -1 : columns;
        int tileRows = rowAxis < 0 ? 1 : Math.Min(Tile, size[rowAxis]), bands = rowAxis < 0 ? 1 : ((size[rowAxis] - 1) / Tile) + 1;
        nint units = bands * (length / size[last] / (rowAxis < 0 ? 1 : size[rowAxis]));
        int together = Math.Max(1, Grain / (tileRows * size[last]));
        var body = new PermuteBody
        {
            X = x,
            Y = y,
            Size = size,
            Source = source,
            Target = target,
            Rank = rank,
            RowAxis = rowAxis,
            Bands = bands,
            Units = units,
            Together = together,
        };
        Workers.For((int)(((units - 1) / together) + 1), ref body);
    }

    // Axes of y, without those of size 1, neighbours merged where x is contiguous across them; the strides are those of x.
    private static int Collapse(ReadOnlySpan<int> shape, ReadOnlySpan<int> permutation, int* size, nint* source)
    {
        int rank = 0;
        foreach (int axis in permutation)
        {
            if (shape[axis] == 1) continue;
            nint stride = 1;
            for (int d = axis + 1; d < shape.Length; d++) stride *= shape[d];
            if (rank > 0 && source[rank - 1] == stride * shape[axis])
            {
                size[rank - 1] *= shape[axis];
                source[rank - 1] = stride;
                continue;
            }

            size[rank] = shape[axis];
            source[rank++] = stride;
        }

        if (rank > 0) return rank;
        size[0] = 1;
        source[0] = 1;
        return 1;
    }

    private struct PermuteBody : IBody
    {
        public float* X, Y;
        public int* Size;
        public nint* Source, Target;
        public int Rank, RowAxis, Bands, Together;
        public nint Units;

        public readonly void Run(int chunk)
        {
            nint end = Math.Min(Units, ((nint)chunk + 1) * Together);
            for (nint unit = (nint)chunk * Together; unit < end; unit++)
            {
                float* x = X, y = Y;
                nint rest = unit / Bands;
                for (int d = Rank - 2; d >= 0; d--)
                {
                    if (d == RowAxis) continue;
                    nint index = rest % Size[d];
                    rest /= Size[d];
                    x += index * Source[d];
                    y += index * Target[d];
                }

                int last = Rank - 1;
                if (RowAxis < 0)
                {
                    if (Source[last] == 1) new ReadOnlySpan<float>(x, Size[last]).CopyTo(new Span<float>(y, Size[last]));
                    else for (int j = 0; j < Size[last]; j++) y[j] = x[j * Source[last]];
                    continue;
                }

                int row = (int)(unit % Bands) * Tile, rows = Math.Min(Tile, Size[RowAxis] - row);
                Transpose(x + row, Source[last], y + (row * Target[RowAxis]), Target[RowAxis], rows, Size[last]);
            }
        }

        // y[i, j] = x[j, i] for a band of at most Tile rows of y.
        private static void Transpose(float* x, nint strideX, float* y, nint strideY, int rows, int columns)
        {
            for (int start = 0; start < columns; start += Tile)
            {
                int stop = Math.Min(start + Tile, columns);
                for (int i = 0; i < rows; i++)
                {
                    float* target = y + (i * strideY);
                    for (int j = start; j < stop; j++) target[j] = x[(j * strideX) + i];
                }
            }
        }
    }
}
