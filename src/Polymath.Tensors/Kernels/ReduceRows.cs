using System.Numerics;
using System.Runtime.Intrinsics;

namespace Polymath.Tensors.Kernels;

// The two things a balancer needs from the K gradient rows: their inner products and a weighted sum.
internal static unsafe partial class Reduce
{
    private const int CacheBlock = 1024;

    /// <summary>
    /// gram[i, j] = row i . row j for <paramref name="k"/> rows of length <paramref name="p"/> at <paramref name="stride"/>;
    /// double precision, one pass over the rows; the result [k, k] is symmetric.
    /// </summary>
    public static void Gramian(float* rows, int k, nint p, nint stride, double* gram)
    {
        new Span<double>(gram, k * k).Clear();
        if (p == 0 || k == 0) return;
        int pairs = k * (k + 1) / 2, chunks = (int)(((p - 1) / Grain) + 1);
        double* partial = Scratch.Get<double>(Scratch.Slot.Partial, (nint)chunks * pairs);
        var body = new GramianBody { Rows = rows, Stride = stride, Length = p, K = k, Pairs = pairs, Partial = partial };
        Workers.For(chunks, ref body);
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            for (int i = 0; i < k; i++)
            {
                for (int j = 0; j <= i; j++) gram[(i * k) + j] += *partial++;
            }
        }

        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < i; j++) gram[(j * k) + i] = gram[(i * k) + j];
        }
    }

    /// <summary>output = sum over k of weights[k] row k, in the order of the rows.</summary>
    public static void CombineRows(float* rows, ReadOnlySpan<double> weights, int k, nint p, nint stride, float* output)
    {
        if (p == 0) return;
        fixed (double* w = weights)
        {
            var body = new CombineBody { Rows = rows, Weights = w, Stride = stride, Length = p, K = k, Output = output };
            Workers.For((int)(((p - 1) / Grain) + 1), ref body);
        }
    }

    private struct GramianBody : IBody
    {
        public float* Rows;
        public nint Stride, Length;
        public int K, Pairs;
        public double* Partial;

        public readonly void Run(int chunk)
        {
            double* sums = Partial + ((nint)chunk * Pairs);
            new Span<double>(sums, Pairs).Clear();
            nint start = (nint)chunk * Grain;
            int count = (int)Math.Min(Length - start, Grain);
            if (Vector512.IsHardwareAccelerated && K > 1) AddTiles(Rows + start, count, sums);
            else AddWidened(Rows + start, count, sums);
        }

        // Tiles of 4 x 4 rows over columns that stay in the first-level cache; rows past the last repeat it and are dropped.
        private readonly void AddTiles(float* rows, int count, double* sums)
        {
            double* tile = stackalloc double[GramianTile.Side * GramianTile.Side];
            float** left = stackalloc float*[GramianTile.Side], right = stackalloc float*[GramianTile.Side];
            for (int start = 0; start < count; start += CacheBlock)
            {
                int length = Math.Min(CacheBlock, count - start);
                for (int i = 0; i < K; i += GramianTile.Side)
                {
                    Point(left, rows + start, i);
                    for (int j = 0; j <= i; j += GramianTile.Side)
                    {
                        new Span<double>(tile, GramianTile.Side * GramianTile.Side).Clear();
                        Point(right, rows + start, j);
                        if (i == j) GramianTile.AddDiagonal(left, length, CacheBlock, tile);
                        else GramianTile.Add(left, right, length, tile);
                        for (int r = i; r < Math.Min(i + GramianTile.Side, K); r++)
                        {
                            for (int q = j; q <= Math.Min(j + GramianTile.Side - 1, r); q++) sums[(r * (r + 1) / 2) + q] += tile[((r - i) * GramianTile.Side) + q - j];
                        }
                    }
                }
            }
        }

        private readonly void Point(float** pointers, float* rows, int first)
        {
            for (int r = 0; r < GramianTile.Side; r++) pointers[r] = rows + (Math.Min(first + r, K - 1) * Stride);
        }

        // Each block of columns is widened once for all pairs.
        private readonly void AddWidened(float* rows, int columns, double* sums)
        {
            double* wide = Scratch.Get<double>(Scratch.Slot.Left, K * CacheBlock);
            for (int start = 0; start < columns; start += CacheBlock)
            {
                int count = Math.Min(CacheBlock, columns - start);
                for (int i = 0; i < K; i++) DoubleSum.Widen(rows + (i * Stride) + start, wide + (i * CacheBlock), count);
                double* sum = sums;
                for (int i = 0; i < K; i++)
                {
                    double* row = wide + (i * CacheBlock);
                    int j = 0;
                    for (; j + 4 <= i + 1; j += 4, sum += 4) DoubleSum.AddFourDots(row, wide + (j * CacheBlock), CacheBlock, count, sum);
                    for (; j <= i; j++) *sum++ += DoubleSum.Dot(row, wide + (j * CacheBlock), count);
                }
            }
        }
    }

    private struct CombineBody : IBody
    {
        public float* Rows, Output;
        public double* Weights;
        public nint Stride, Length;
        public int K;

        public readonly void Run(int chunk)
        {
            // In double precision: where rows nearly cancel, float weights alone would leave 1e-8 of them. A row of weight zero is
            // left out, so that an overflow in it stays its own.
            nint i = (nint)chunk * Grain, end = Math.Min(Length, i + Grain);
            int lanes = Vector<float>.Count;
            for (; i + lanes <= end; i += lanes)
            {
                Vector<double> low = default, high = default;
                for (int r = 0; r < K; r++)
                {
                    if (Weights[r] == 0) continue;
                    Vector.Widen(Vector.Load(Rows + (r * Stride) + i), out Vector<double> rowLow, out Vector<double> rowHigh);
                    low += rowLow * Weights[r];
                    high += rowHigh * Weights[r];
                }

                Vector.Narrow(low, high).Store(Output + i);
            }

            for (; i < end; i++)
            {
                double sum = 0;
                for (int r = 0; r < K; r++) sum += Weights[r] == 0 ? 0 : Weights[r] * Rows[(r * Stride) + i];
                Output[i] = (float)sum;
            }
        }
    }
}
