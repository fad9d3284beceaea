namespace Polymath.Tensors.Kernels;

/// <summary>
/// The blocked matrix product over packed panels (Goto and van de Geijn, "Anatomy of High-Performance Matrix
/// Multiplication", TOMS 2008): columns of B in blocks of nc, k in blocks of kc, rows of A in blocks of mc. Every element
/// of C sums its k blocks in order, whatever the split over threads.
/// </summary>
internal static unsafe class GemmPacked<TKernel>
    where TKernel : struct, IMicroKernel
{
    private const int StepLimit = 256, ColumnLimit = 2048, RowTarget = 96;
    private const int WantedChunks = 16, ColumnGrain = 128, PackGrain = 16 * 1024;
    private const long ParallelWork = 512 * 1024;

    /// <summary>C[m,n] (+)= A B, with element (i, p) of A at a[i * rowStrideA + p * stepStrideA] and (p, j) of B at b[j * columnStrideB + p * stepStrideB].</summary>
    public static void Multiply(
        int m, int n, int k, float* a, nint rowStrideA, nint stepStrideA, float* b, nint columnStrideB, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        int stepBlocks = CeilingDivide(k, StepLimit), steps = CeilingDivide(k, stepBlocks);
        int rowBlock = Math.Max(1, RowTarget / TKernel.TileRows) * TKernel.TileRows;
        bool parallel = (long)m * n * k >= ParallelWork;
        int columnsAtOnce = Math.Min(n, ColumnLimit);
        float* right = Scratch.Get<float>(Scratch.Slot.Right, (nint)RoundUp(columnsAtOnce, TKernel.TileColumns) * steps);

        for (int j = 0; j < n; j += ColumnLimit)
        {
            int columns = Math.Min(ColumnLimit, n - j);
            for (int p = 0; p < k; p += steps)
            {
                int depth = Math.Min(steps, k - p);
                var pack = new PackBody
                {
                    Source = b + (j * columnStrideB) + (p * stepStrideB),
                    ColumnStride = columnStrideB,
                    StepStride = stepStrideB,
                    Columns = columns,
                    Depth = depth,
                    Panels = right,
                    ColumnBlock = parallel ? RoundUp(CeilingDivide(PackGrain, depth), TKernel.TileColumns) : RoundUp(columns, TKernel.TileColumns),
                };
                Workers.For(CeilingDivide(columns, pack.ColumnBlock), ref pack);

                int rowBlocks = CeilingDivide(m, rowBlock);
                int split = parallel ? Math.Clamp(CeilingDivide(WantedChunks, rowBlocks), 1, CeilingDivide(columns, ColumnGrain)) : 1;
                var multiply = new MultiplyBody
                {
                    A = a + (p * stepStrideA),
                    RowStride = rowStrideA,
                    StepStride = stepStrideA,
                    Panels = right,
                    C = c + j,
                    Ldc = ldc,
                    Rows = m,
                    Columns = columns,
                    Depth = depth,
                    RowBlock = rowBlock,
                    RowBlocks = rowBlocks,
                    ColumnBlock = RoundUp(CeilingDivide(columns, split), TKernel.TileColumns),
                    Accumulate = accumulate || p > 0,
                };
                int chunks = rowBlocks * CeilingDivide(columns, multiply.ColumnBlock);
                if (parallel) Workers.For(chunks, ref multiply);
                else for (int chunk = 0; chunk < chunks; chunk++) multiply.Run(chunk);
            }
        }
    }

    private static int CeilingDivide(int x, int y) => (x + y - 1) / y;

    private static int RoundUp(int x, int multiple) => CeilingDivide(x, multiple) * multiple;

    private struct PackBody : IBody
    {
        public float* Source, Panels;
        public nint ColumnStride, StepStride;
        public int Columns, Depth, ColumnBlock;

        public readonly void Run(int chunk)
        {
            int start = chunk * ColumnBlock;
            GemmPacking.Pack(
                Source + (start * ColumnStride), ColumnStride, StepStride, Math.Min(ColumnBlock, Columns - start), Depth, TKernel.TileColumns, Panels + ((nint)start * Depth));
        }
    }

    private struct MultiplyBody : IBody
    {
        public float* A, Panels, C;
        public nint RowStride, StepStride, Ldc;
        public int Rows, Columns, Depth, RowBlock, RowBlocks, ColumnBlock;
        public bool Accumulate;

        public readonly void Run(int chunk)
        {
            int row = chunk % RowBlocks * RowBlock, rows = Math.Min(RowBlock, Rows - row);
            int column = chunk / RowBlocks * ColumnBlock, lastColumn = Math.Min(column + ColumnBlock, Columns);
            float* left = Scratch.Get<float>(Scratch.Slot.Left, (nint)RowBlock * Depth);
            GemmPacking.Pack(A + (row * RowStride), RowStride, StepStride, rows, Depth, TKernel.TileRows, left);

            float* edge = stackalloc float[TKernel.TileRows * TKernel.TileColumns];
            for (int j = column; j < lastColumn; j += TKernel.TileColumns)
            {
                float* right = Panels + ((nint)j * Depth);
                int width = Math.Min(TKernel.TileColumns, lastColumn - j);
                for (int i = 0; i < rows; i += TKernel.TileRows)
                {
                    float* tile = C + ((row + i) * Ldc) + j;
                    int height = Math.Min(TKernel.TileRows, rows - i);
                    if (width == TKernel.TileColumns && height == TKernel.TileRows)
                    {
                        TKernel.Multiply(Depth, left + ((nint)i * Depth), right, tile, Ldc, Accumulate);
                        continue;
                    }

                    TKernel.Multiply(Depth, left + ((nint)i * Depth), right, edge, TKernel.TileColumns, accumulate: false);
                    CopyEdge(edge, tile, Ldc, height, width, Accumulate);
                }
            }
        }

        private static void CopyEdge(float* edge, float* tile, nint ldc, int height, int width, bool accumulate)
        {
            for (int i = 0; i < height; i++)
            {
                for (int j = 0; j < width; j++) tile[j] = accumulate ? tile[j] + edge[j] : edge[j];
                edge += TKernel.TileColumns;
                tile += ldc;
            }
        }
    }
}
