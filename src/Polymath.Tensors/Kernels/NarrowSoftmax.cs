namespace Polymath.Tensors.Kernels;

/// <summary>
/// Softmax over rows shorter than a few registers (gates over experts, class logits): the exponentials of many rows are
/// taken in one contiguous run, the short sums are plain loops.
/// </summary>
internal static unsafe class NarrowSoftmax
{
    private const int WidestRow = 31, BlockLength = 1024;

    /// <summary>What is written.</summary>
    internal enum Result
    {
        /// <summary>e^x / sum, [rows, width].</summary>
        Probabilities,

        /// <summary>x - log sum e^x, [rows, width].</summary>
        LogProbabilities,

        /// <summary>log sum e^x, [rows].</summary>
        LogSums,
    }

    /// <summary>True for the widths that this kernel is for.</summary>
    public static bool Fits(int width) => width is > 0 and <= WidestRow;

    /// <summary>Computes one of the results for every row.</summary>
    public static void Run(Result result, float* x, float* y, int rows, int width)
    {
        if (rows == 0) return;
        var body = new Body { Result = result, X = x, Y = y, Rows = rows, Width = width, Block = BlockLength / width };
        Workers.For(((rows - 1) / body.Block) + 1, ref body);
    }

    private struct Body : IBody
    {
        public Result Result;
        public float* X, Y;
        public int Rows, Width, Block;

        public readonly void Run(int chunk)
        {
            int first = chunk * Block, rows = Math.Min(Block, Rows - first);
            float* terms = stackalloc float[BlockLength], shifts = stackalloc float[BlockLength];
            float* x = X + ((nint)first * Width);
            for (int r = 0; r < rows; r++)
            {
                float* row = x + (r * Width), term = terms + (r * Width);
                float max = row[0];
                for (int j = 1; j < Width; j++) max = float.MaxNative(row[j], max);

                // log sum e^x of infinities is their maximum, while softmax of them is undefined (NaN), as in PyTorch.
                if (Result == Result.LogSums && float.IsInfinity(max)) max = 0f;
                shifts[r] = max;
                for (int j = 0; j < Width; j++) term[j] = row[j] - max;
            }

            int length = rows * Width;
            RowMath.Exp(terms, terms, length);
            for (int r = 0; r < rows; r++) Finish(x + (r * Width), terms + (r * Width), shifts[r], first + r);
        }

        private readonly void Finish(float* x, float* terms, float shift, int row)
        {
            float sum = 0;
            for (int j = 0; j < Width; j++) sum += terms[j];
            float* y = Y + ((nint)row * Width);
            switch (Result)
            {
                case Result.Probabilities:
                    float scale = 1f / sum;
                    for (int j = 0; j < Width; j++) y[j] = terms[j] * scale;
                    break;
                case Result.LogProbabilities:
                    float log = MathF.Log(sum);
                    for (int j = 0; j < Width; j++) y[j] = x[j] - shift - log;
                    break;
                default:
                    Y[row] = shift + MathF.Log(sum);
                    break;
            }
        }
    }
}
