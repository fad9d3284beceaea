namespace Polymath.Tensors.Kernels;

/// <summary>
/// The blocked matrix product (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", TOMS 2008): k in blocks of kc,
/// columns of B in blocks of nc, rows of A in blocks of mc. Operands are packed into panels where that pays and read where they lie
/// otherwise. Every element of C sums its k blocks in order, so its bits depend neither on the split over threads nor on packing.
/// </summary>
internal static unsafe class GemmBlocked<TKernel>
    where TKernel : struct, IMicroKernel
{
    // kc is the same on every machine, since it decides the order of the sum.
    private const int StepLimit = 512, ChunksPerThread = 8, LeastRowTiles = 4;
    private const long PackWork = 1024 * 1024, ParallelWork = 512 * 1024;

    // mc: a packed block of A fills half of the second-level cache. nc: a packed block of B fills a quarter of the third-level one.
    private static readonly int s_rowLimit = (int)Math.Clamp(CacheSizes.Level2 / (2 * sizeof(float) * StepLimit), LeastRowTiles * TKernel.Rows, 512) / TKernel.Rows * TKernel.Rows;
    private static readonly int s_columnLimit = (int)Math.Clamp(CacheSizes.Level3 / (4 * sizeof(float) * StepLimit), 512, 4096) / TileColumns * TileColumns;

    private static int TileColumns => IMicroKernel.MostVectors * TKernel.Lanes;

    /// <summary>Solves a problem; all its sizes are positive.</summary>
    public static void Multiply(in GemmProblem problem)
    {
        int stepBlocks = CeilingDivide(problem.K, StepLimit), steps = CeilingDivide(problem.K, stepBlocks);
        bool parallel = problem.Work >= ParallelWork, packRight = problem.ColumnStrideB != 1 || problem.Work > PackWork;
        int wanted = parallel && Workers.Count > 1 ? CeilingDivide(ChunksPerThread * Workers.Count, problem.Items) : 1;
        int rowBlock = Math.Clamp(RoundUp(CeilingDivide(problem.M, wanted), TKernel.Rows), LeastRowTiles * TKernel.Rows, s_rowLimit);
        int rowBlocks = CeilingDivide(problem.M, rowBlock), packed = packRight ? RoundUp(Math.Min(problem.N, s_columnLimit), TKernel.Lanes) : TKernel.Lanes;
        float* panels = Scratch.Get<float>(Scratch.Slot.Right, (nint)packed * steps);

        for (int j = 0; j < problem.N; j += s_columnLimit)
        {
            int columns = Math.Min(s_columnLimit, problem.N - j), split = Math.Clamp(CeilingDivide(wanted, rowBlocks), 1, CeilingDivide(columns, 2 * TileColumns));
            int columnBlock = RoundUp(CeilingDivide(columns, split), TileColumns);
            for (int p = 0; p < problem.K; p += steps)
            {
                int depth = Math.Min(steps, problem.K - p);
                var right = new GemmRightOperand<TKernel>(problem.B + (j * problem.ColumnStrideB) + (p * problem.StepStrideB), problem.ColumnStrideB, problem.StepStrideB, columns, depth, packRight, panels);
                right.Pack(parallel);
                var multiply = new MultiplyBody
                {
                    Problem = problem,
                    Right = right,
                    Column = j,
                    ColumnBlock = columnBlock,
                    Step = p,
                    RowBlock = rowBlock,
                    RowBlocks = rowBlocks,
                    PackLeft = problem.StepStrideA != 1 && problem.Work > PackWork,
                };
                int chunks = problem.Items * rowBlocks * CeilingDivide(columns, columnBlock);
                if (parallel) Workers.For(chunks, ref multiply);
                else for (int chunk = 0; chunk < chunks; chunk++) multiply.Run(chunk);
            }
        }
    }

    private static int CeilingDivide(int x, int y) => (x + y - 1) / y;

    private static int RoundUp(int x, int multiple) => CeilingDivide(x, multiple) * multiple;

    /// <summary>One block of rows of one item against one block of columns, over one block of steps.</summary>
    private struct MultiplyBody : IBody
    {
        public GemmProblem Problem;
        public GemmRightOperand<TKernel> Right;
        public int Column, ColumnBlock, Step, RowBlock, RowBlocks;
        public bool PackLeft;

        public readonly void Run(int chunk)
        {
            int item = chunk / RowBlocks % Problem.Items, row = chunk % RowBlocks * RowBlock, rows = Math.Min(RowBlock, Problem.M - row);
            int column = chunk / (RowBlocks * Problem.Items) * ColumnBlock, lastColumn = Math.Min(column + ColumnBlock, Right.Columns);
            float* a = Problem.A + (item * Problem.ItemStrideA) + (row * Problem.RowStrideA) + (Step * Problem.StepStrideA);
            float* c = Problem.C + (item * Problem.ItemStrideC) + (row * Problem.Ldc) + Column + column;
            Multiply(a, rows, c, column, lastColumn);
            if (Step + Right.Depth == Problem.K && !Problem.Epilogue.IsEmpty) Problem.Epilogue.Apply(c, Problem.Ldc, rows, Column + column, lastColumn - column);
        }

        private readonly void Multiply(float* a, int rows, float* c, int column, int lastColumn)
        {
            int depth = Right.Depth, inPlace = PackLeft ? 0 : rows / TKernel.Rows * TKernel.Rows;
            float* left = Scratch.Get<float>(Scratch.Slot.Left, (nint)RowBlock * depth);
            for (int i = inPlace; i < rows; i += TKernel.Rows)
                GemmPacking.Pack(a + (i * Problem.RowStrideA), Problem.RowStrideA, Problem.StepStrideA, Math.Min(TKernel.Rows, rows - i), depth, TKernel.Rows, left + ((nint)(i - inPlace) * depth));

            bool accumulate = Problem.Accumulate || Step > 0;
            float* edge = stackalloc float[TKernel.Rows * TileColumns];
            while (column < lastColumn)
            {
                int vectors = Right.Tile(column, out float* right, out nint stepStride), width = Math.Min(vectors * TKernel.Lanes, lastColumn - column);
                bool narrow = width < vectors * TKernel.Lanes;
                for (int i = 0; i < rows; i += TKernel.Rows)
                {
                    float* x = i < inPlace ? a + (i * Problem.RowStrideA) : left + ((nint)(i - inPlace) * depth), tile = c + (i * Problem.Ldc);
                    nint rowStride = i < inPlace ? Problem.RowStrideA : 1, step = i < inPlace ? Problem.StepStrideA : TKernel.Rows;
                    if (!narrow && rows - i >= TKernel.Rows)
                    {
                        TKernel.Multiply(vectors, depth, x, rowStride, step, right, stepStride, tile, Problem.Ldc, accumulate);
                        continue;
                    }

                    TKernel.Multiply(vectors, depth, x, rowStride, step, right, stepStride, edge, TileColumns, accumulate: false);
                    CopyEdge(edge, tile, Problem.Ldc, Math.Min(TKernel.Rows, rows - i), width, accumulate);
                }

                column += width;
                c += width;
            }
        }

        private static void CopyEdge(float* edge, float* tile, nint ldc, int height, int width, bool accumulate)
        {
            for (int i = 0; i < height; i++)
            {
                for (int j = 0; j < width; j++) tile[j] = accumulate ? tile[j] + edge[j] : edge[j];
                edge += TileColumns;
                tile += ldc;
            }
        }
    }
}
