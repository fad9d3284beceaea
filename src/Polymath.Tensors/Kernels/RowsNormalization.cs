using System.Numerics;

namespace Polymath.Tensors.Kernels;

internal static unsafe partial class Rows
{
    /// <summary>
    /// y = (x - mean) inv * gamma + beta per row, inv = 1 / sqrt(variance + eps) with the biased variance (Ba et al. 2016).
    /// Null <paramref name="gamma"/> or <paramref name="beta"/> [width] means 1 or 0; mean and inv [rows] are kept for the backward.
    /// </summary>
    public static void LayerNorm(float* x, float* gamma, float* beta, float* y, float* mean, float* inverseDeviation, float epsilon, int rows, int width)
        => RowLoop<NormRow>.Run(rows, width, new NormRow { X = x, Gamma = gamma, Beta = beta, Y = y, Mean = mean, Inverse = inverseDeviation, Epsilon = epsilon, Width = width });

    /// <summary>y = x inv * gamma per row, inv = 1 / sqrt(mean x^2 + eps) (Zhang and Sennrich 2019); inv [rows] is kept for the backward.</summary>
    public static void RmsNorm(float* x, float* gamma, float* y, float* inverseRms, float epsilon, int rows, int width)
        => RowLoop<NormRow>.Run(rows, width, new NormRow { X = x, Gamma = gamma, Y = y, Inverse = inverseRms, Epsilon = epsilon, Width = width });

    /// <summary>dx = inv (h - mean(h) - n mean(h n)) with h = g gamma and n = (x - mean) inv.</summary>
    public static void LayerNormBackwardInput(
        float* g, float* x, float* gamma, float* mean, float* inverseDeviation, float* dx, int rows, int width, int statRows = 0)
        => RowLoop<NormBackwardRow>.Run(rows, width, new NormBackwardRow { G = g, X = x, Gamma = gamma, Mean = mean, Inverse = inverseDeviation, Dx = dx, Width = width, StatRows = statRows == 0 ? rows : statRows });

    /// <summary>dx = inv (h - n mean(h n)) with h = g gamma and n = x inv.</summary>
    public static void RmsNormBackwardInput(float* g, float* x, float* gamma, float* inverseRms, float* dx, int rows, int width, int statRows = 0)
        => RowLoop<NormBackwardRow>.Run(rows, width, new NormBackwardRow { G = g, X = x, Gamma = gamma, Inverse = inverseRms, Dx = dx, Width = width, StatRows = statRows == 0 ? rows : statRows });

    // Without a place for the mean, the row is not centred: that is the RMS norm.
    private struct NormRow : IRowKernel
    {
        public float* X, Gamma, Beta, Y, Mean, Inverse;
        public float Epsilon;
        public int Width;

        public readonly void Row(int row)
        {
            float* x = X + ((nint)row * Width), y = Y + ((nint)row * Width);
            float mean = Mean == null ? 0f : RowMath.Sum(x, Width) / Width;
            float inverse = 1f / MathF.Sqrt((RowMath.SumSquares(x, mean, Width) / Width) + Epsilon);
            if (Mean != null) Mean[row] = mean;
            Inverse[row] = inverse;

            int lanes = Vector<float>.Count, i = 0;
            Vector<float> center = new(mean);
            for (; i + lanes <= Width; i += lanes)
            {
                Vector<float> value = (Vector.Load(x + i) - center) * inverse;
                if (Gamma != null) value *= Vector.Load(Gamma + i);
                if (Beta != null) value += Vector.Load(Beta + i);
                value.Store(y + i);
            }

            for (; i < Width; i++)
            {
                float value = (x[i] - mean) * inverse;
                if (Gamma != null) value *= Gamma[i];
                if (Beta != null) value += Beta[i];
                y[i] = value;
            }
        }
    }

    private struct NormBackwardRow : IRowKernel
    {
        public float* G, X, Gamma, Mean, Inverse, Dx;
        public int Width, StatRows;

        public readonly void Row(int row)
        {
            int stat = row % StatRows;
            float* x = X + ((nint)stat * Width), g = G + ((nint)row * Width), dx = Dx + ((nint)row * Width);
            float mean = Mean == null ? 0f : Mean[stat], inverse = Inverse[stat];
            int lanes = Vector<float>.Count, i = 0;
            Vector<float> sum = default, dot = default, center = new(mean);
            for (; i + lanes <= Width; i += lanes)
            {
                Vector<float> h = Gamma == null ? Vector.Load(g + i) : Vector.Load(g + i) * Vector.Load(Gamma + i);
                sum += h;
                dot = VectorMath.Fma(h, (Vector.Load(x + i) - center) * inverse, dot);
            }

            float meanOfH = Vector.Sum(sum), meanOfProduct = Vector.Sum(dot);
            for (; i < Width; i++)
            {
                float h = Gamma == null ? g[i] : g[i] * Gamma[i];
                meanOfH += h;
                meanOfProduct += h * ((x[i] - mean) * inverse);
            }

            meanOfH = Mean == null ? 0f : meanOfH / Width;
            meanOfProduct /= Width;
            Vector<float> offset = new(meanOfH);
            for (i = 0; i + lanes <= Width; i += lanes)
            {
                Vector<float> h = Gamma == null ? Vector.Load(g + i) : Vector.Load(g + i) * Vector.Load(Gamma + i);
                Vector<float> normal = (Vector.Load(x + i) - center) * inverse;
                ((h - offset - (normal * meanOfProduct)) * inverse).Store(dx + i);
            }

            for (; i < Width; i++)
            {
                float h = Gamma == null ? g[i] : g[i] * Gamma[i];
                dx[i] = (h - meanOfH - ((x[i] - mean) * inverse * meanOfProduct)) * inverse;
            }
        }
    }
}
