using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// Kernels over the rows of a row-major block [rows, width]. Backward kernels read the forward's values at row % statRows,
/// so that a cotangent stacked over K tasks, [K * statRows, width], goes through in one call; statRows 0 means rows.
/// </summary>
internal static unsafe partial class Rows
{
    /// <summary>y = e^x / sum e^x per row. A row of only -infinity gives NaN, as in PyTorch.</summary>
    public static void Softmax(float* x, float* y, int rows, int width)
    {
        if (NarrowSoftmax.Fits(width)) NarrowSoftmax.Run(NarrowSoftmax.Result.Probabilities, x, y, rows, width);
        else RowLoop<SoftmaxRow>.Run(rows, width, new SoftmaxRow { X = x, Y = y, Width = width });
    }

    /// <summary>dx = y (g - sum g y) per row, with y the softmax.</summary>
    public static void SoftmaxBackward(float* y, float* g, float* dx, int rows, int width, int statRows = 0)
        => RowLoop<SoftmaxBackwardRow>.Run(rows, width, new SoftmaxBackwardRow { Y = y, G = g, Dx = dx, Width = width, StatRows = statRows == 0 ? rows : statRows });

    /// <summary>y = x - log sum e^x per row. A row of only -infinity gives NaN, as in PyTorch.</summary>
    public static void LogSoftmax(float* x, float* y, int rows, int width)
    {
        if (NarrowSoftmax.Fits(width)) NarrowSoftmax.Run(NarrowSoftmax.Result.LogProbabilities, x, y, rows, width);
        else RowLoop<LogSoftmaxRow>.Run(rows, width, new LogSoftmaxRow { X = x, Y = y, Width = width });
    }

    /// <summary>dx = g - e^y sum g per row, with y the log probabilities.</summary>
    public static void LogSoftmaxBackward(float* y, float* g, float* dx, int rows, int width, int statRows = 0)
        => RowLoop<LogSoftmaxBackwardRow>.Run(rows, width, new LogSoftmaxBackwardRow { Y = y, G = g, Dx = dx, Width = width, StatRows = statRows == 0 ? rows : statRows });

    /// <summary>output[row] = log sum e^x; -infinity for a row of only -infinity and for an empty row.</summary>
    public static void LogSumExp(float* x, float* output, int rows, int width)
    {
        if (width == 0) new Span<float>(output, rows).Fill(float.NegativeInfinity);
        else if (NarrowSoftmax.Fits(width)) NarrowSoftmax.Run(NarrowSoftmax.Result.LogSums, x, output, rows, width);
        else RowLoop<LogSumExpRow>.Run(rows, width, new LogSumExpRow { X = x, Y = output, Width = width });
    }

    private struct SoftmaxRow : IRowKernel
    {
        public float* X, Y;
        public int Width;

        public readonly void Row(int row)
        {
            float* x = X + ((nint)row * Width), y = Y + ((nint)row * Width);
            RowMath.Scale(y, 1f / RowMath.SumExp(x, RowMath.MaxOfNumbers(x, Width), y, Width), y, Width);
        }
    }

    private struct SoftmaxBackwardRow : IRowKernel
    {
        public float* Y, G, Dx;
        public int Width, StatRows;

        public readonly void Row(int row)
        {
            float* y = Y + ((nint)(row % StatRows) * Width), g = G + ((nint)row * Width), dx = Dx + ((nint)row * Width);
            float dot = GemmDirect.Dot(Width, g, y);
            int lanes = Vector<float>.Count, i = 0;
            Vector<float> offset = new(dot);
            for (; i + lanes <= Width; i += lanes) (Vector.Load(y + i) * (Vector.Load(g + i) - offset)).Store(dx + i);
            for (; i < Width; i++) dx[i] = y[i] * (g[i] - dot);
        }
    }

    private struct LogSoftmaxRow : IRowKernel
    {
        public float* X, Y;
        public int Width;

        public readonly void Row(int row)
        {
            float* x = X + ((nint)row * Width), y = Y + ((nint)row * Width);
            float max = RowMath.MaxOfNumbers(x, Width), log = MathF.Log(RowMath.SumExp(x, max, null, Width));
            int lanes = Vector<float>.Count, i = 0;
            Vector<float> shift = new(max), rest = new(log);
            for (; i + lanes <= Width; i += lanes) (Vector.Load(x + i) - shift - rest).Store(y + i);
            for (; i < Width; i++) y[i] = x[i] - max - log;
        }
    }

    private struct LogSoftmaxBackwardRow : IRowKernel
    {
        public float* Y, G, Dx;
        public int Width, StatRows;

        public readonly void Row(int row)
        {
            float* y = Y + ((nint)(row % StatRows) * Width), g = G + ((nint)row * Width), dx = Dx + ((nint)row * Width);
            Vector<float> sum = new(RowMath.Sum(g, Width));
            int lanes = Vector<float>.Count, i = 0;
            for (; i + lanes <= Width; i += lanes) (Vector.Load(g + i) - (VectorMath.Exp(Vector.Load(y + i)) * sum)).Store(dx + i);
            if (i == Width) return;
            Vector<float> tail = VectorMath.LoadFirst(g + i, Width - i) - (VectorMath.Exp(VectorMath.LoadFirst(y + i, Width - i)) * sum);
            VectorMath.StoreFirst(tail, dx + i, Width - i);
        }
    }

    private struct LogSumExpRow : IRowKernel
    {
        public float* X, Y;
        public int Width;

        public readonly void Row(int row)
        {
            float* x = X + ((nint)row * Width);
            float max = RowMath.MaxOfNumbers(x, Width), shift = float.IsInfinity(max) ? 0f : max;
            Y[row] = shift + MathF.Log(RowMath.SumExp(x, shift, null, Width));
        }
    }
}
