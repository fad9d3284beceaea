using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>Matrix-vector products: the matrix is read once, where it lies, by several threads.</summary>
internal static unsafe class MatrixVector
{
    private const int Grain = 32 * 1024, ColumnStrip = 64;

    /// <summary>y[i] (+)= sum over p of matrix[i, p] x[p], with y strided and x contiguous.</summary>
    public static void Multiply(int rows, int k, float* matrix, nint ld, float* x, float* y, nint strideY, bool accumulate)
    {
        int block = Math.Max(1, Grain / k);
        var body = new RowsBody { Matrix = matrix, X = x, Y = y, Ld = ld, StrideY = strideY, Rows = rows, K = k, Block = block, Accumulate = accumulate };
        Workers.For((rows + block - 1) / block, ref body);
    }

    /// <summary>y[j] (+)= sum over p of x[p] matrix[p, j], with y strided and x contiguous.</summary>
    public static void MultiplyTransposed(int k, int columns, float* matrix, nint ld, float* x, float* y, nint strideY, bool accumulate)
    {
        int block = Math.Max(1, Grain / (k * ColumnStrip)) * ColumnStrip;
        var body = new ColumnsBody { Matrix = matrix, X = x, Y = y, Ld = ld, StrideY = strideY, Columns = columns, K = k, Block = block, Accumulate = accumulate };
        Workers.For((columns + block - 1) / block, ref body);
    }

    private struct RowsBody : IBody
    {
        public float* Matrix, X, Y;
        public nint Ld, StrideY;
        public int Rows, K, Block;
        public bool Accumulate;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(Rows, (chunk + 1) * Block);
            for (int i = chunk * Block; i < last; i++)
            {
                float dot = GemmDirect.Dot(K, Matrix + (i * Ld), X);
                Y[i * StrideY] = Accumulate ? Y[i * StrideY] + dot : dot;
            }
        }
    }

    private struct ColumnsBody : IBody
    {
        public float* Matrix, X, Y;
        public nint Ld, StrideY;
        public int Columns, K, Block;
        public bool Accumulate;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(Columns, (chunk + 1) * Block);
            float* sums = stackalloc float[ColumnStrip];
            for (int j = chunk * Block; j < last; j += ColumnStrip)
            {
                int width = Math.Min(ColumnStrip, last - j);
                new Span<float>(sums, ColumnStrip).Clear();
                Accumulate4(Matrix + j, sums, width);
                for (int i = 0; i < width; i++)
                {
                    float* target = Y + ((j + i) * StrideY);
                    *target = Accumulate ? *target + sums[i] : sums[i];
                }
            }
        }

        // Four rows at a time, so that the strip of sums is loaded and stored once per four products.
        private readonly void Accumulate4(float* matrix, float* sums, int width)
        {
            int p = 0, lanes = Vector<float>.Count;
            for (; p + 4 <= K; p += 4)
            {
                float* r0 = matrix + (p * Ld), r1 = r0 + Ld, r2 = r1 + Ld, r3 = r2 + Ld;
                float x0 = X[p], x1 = X[p + 1], x2 = X[p + 2], x3 = X[p + 3];
                int j = 0;
                for (; j + lanes <= width; j += lanes)
                {
                    Vector<float> sum = Vector.MultiplyAddEstimate(new Vector<float>(x0), Vector.Load(r0 + j), Vector.Load(sums + j));
                    sum = Vector.MultiplyAddEstimate(new Vector<float>(x1), Vector.Load(r1 + j), sum);
                    sum = Vector.MultiplyAddEstimate(new Vector<float>(x2), Vector.Load(r2 + j), sum);
                    Vector.MultiplyAddEstimate(new Vector<float>(x3), Vector.Load(r3 + j), sum).Store(sums + j);
                }

                for (; j < width; j++) sums[j] += (x0 * r0[j]) + (x1 * r1[j]) + (x2 * r2[j]) + (x3 * r3[j]);
            }

            for (; p < K; p++)
            {
                for (int j = 0; j < width; j++) sums[j] += X[p] * matrix[(p * Ld) + j];
            }
        }
    }
}
