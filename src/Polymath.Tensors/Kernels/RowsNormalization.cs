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
}
