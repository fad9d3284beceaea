using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>Matrix products too small (or too flat) to repay packing: operands are read where they lie.</summary>
internal static unsafe class GemmDirect
{
    /// <summary>C (+)= op(A) B with rows of B contiguous; element (i, p) of op(A) is at a[i * rowStrideA + p * stepStrideA].</summary>
    public static void MultiplyRows(int m, int n, int k, float* a, nint rowStrideA, nint stepStrideA, float* b, nint ldb, float* c, nint ldc, bool accumulate)
    {
        int i = 0;
        for (; i + 4 <= m; i += 4) FourRows(n, k, a + (i * rowStrideA), rowStrideA, stepStrideA, b, ldb, c + (i * ldc), ldc, accumulate);
        for (; i < m; i++) OneRow(n, k, a + (i * rowStrideA), stepStrideA, b, ldb, c + (i * ldc), accumulate);
    }

    /// <summary>C (+)= A B^T with rows of both operands contiguous: dot products.</summary>
    public static void MultiplyDots(int m, int n, int k, float* a, nint lda, float* b, nint ldb, float* c, nint ldc, bool accumulate)
    {
        for (int i = 0; i < m; i++)
        {
            float* row = a + (i * lda);
            float* target = c + (i * ldc);
            int j = 0;
            for (; j + 4 <= n; j += 4) FourDots(k, row, b + (j * ldb), ldb, target + j, accumulate);
            for (; j < n; j++)
            {
                float dot = Dot(k, row, b + (j * ldb));
                target[j] = accumulate ? target[j] + dot : dot;
            }
        }
    }

    /// <summary>The dot product of two contiguous vectors in float, four vector accumulators in a fixed order.</summary>
    public static float Dot(int k, float* a, float* b)
    {
        int lanes = Vector<float>.Count, p = 0;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; p + (4 * lanes) <= k; p += 4 * lanes)
        {
            s0 = Fma(Vector.Load(a + p), Vector.Load(b + p), s0);
            s1 = Fma(Vector.Load(a + p + lanes), Vector.Load(b + p + lanes), s1);
            s2 = Fma(Vector.Load(a + p + (2 * lanes)), Vector.Load(b + p + (2 * lanes)), s2);
            s3 = Fma(Vector.Load(a + p + (3 * lanes)), Vector.Load(b + p + (3 * lanes)), s3);
        }

        for (; p + lanes <= k; p += lanes) s0 = Fma(Vector.Load(a + p), Vector.Load(b + p), s0);
        float sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; p < k; p++) sum += a[p] * b[p];
        return sum;
    }

    private static void FourDots(int k, float* a, float* b, nint ldb, float* c, bool accumulate)
    {
        int lanes = Vector<float>.Count, p = 0;
        float* b1 = b + ldb, b2 = b1 + ldb, b3 = b2 + ldb;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; p + lanes <= k; p += lanes)
        {
            Vector<float> x = Vector.Load(a + p);
            s0 = Fma(x, Vector.Load(b + p), s0);
            s1 = Fma(x, Vector.Load(b1 + p), s1);
            s2 = Fma(x, Vector.Load(b2 + p), s2);
            s3 = Fma(x, Vector.Load(b3 + p), s3);
        }

        float d0 = Vector.Sum(s0), d1 = Vector.Sum(s1), d2 = Vector.Sum(s2), d3 = Vector.Sum(s3);
        for (; p < k; p++)
        {
            float x = a[p];
            d0 += x * b[p];
            d1 += x * b1[p];
            d2 += x * b2[p];
            d3 += x * b3[p];
        }

        c[0] = accumulate ? c[0] + d0 : d0;
        c[1] = accumulate ? c[1] + d1 : d1;
        c[2] = accumulate ? c[2] + d2 : d2;
        c[3] = accumulate ? c[3] + d3 : d3;
    }

    private static void FourRows(int n, int k, float* a, nint rowStride, nint stepStride, float* b, nint ldb, float* c, nint ldc, bool accumulate)
    {
        int lanes = Vector<float>.Count, j = 0;
        float* c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
        for (; j + (2 * lanes) <= n; j += 2 * lanes)
        {
            Vector<float> s00 = default, s01 = default, s10 = default, s11 = default;
            Vector<float> s20 = default, s21 = default, s30 = default, s31 = default;
            float* x = a, y = b + j;
            for (int p = 0; p < k; p++)
            {
                Vector<float> y0 = Vector.Load(y), y1 = Vector.Load(y + lanes);
                Vector<float> x0 = new(x[0]), x1 = new(x[rowStride]), x2 = new(x[2 * rowStride]), x3 = new(x[3 * rowStride]);
                s00 = Fma(x0, y0, s00);
                s01 = Fma(x0, y1, s01);
                s10 = Fma(x1, y0, s10);
                s11 = Fma(x1, y1, s11);
                s20 = Fma(x2, y0, s20);
                s21 = Fma(x2, y1, s21);
                s30 = Fma(x3, y0, s30);
                s31 = Fma(x3, y1, s31);
                x += stepStride;
                y += ldb;
            }

            Store(c + j, s00, accumulate);
            Store(c + j + lanes, s01, accumulate);
            Store(c1 + j, s10, accumulate);
            Store(c1 + j + lanes, s11, accumulate);
            Store(c2 + j, s20, accumulate);
            Store(c2 + j + lanes, s21, accumulate);
            Store(c3 + j, s30, accumulate);
            Store(c3 + j + lanes, s31, accumulate);
        }

        for (; j + lanes <= n; j += lanes)
        {
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            float* x = a, y = b + j;
            for (int p = 0; p < k; p++)
            {
                Vector<float> y0 = Vector.Load(y);
                s0 = Fma(new Vector<float>(x[0]), y0, s0);
                s1 = Fma(new Vector<float>(x[rowStride]), y0, s1);
                s2 = Fma(new Vector<float>(x[2 * rowStride]), y0, s2);
                s3 = Fma(new Vector<float>(x[3 * rowStride]), y0, s3);
                x += stepStride;
                y += ldb;
            }

            Store(c + j, s0, accumulate);
            Store(c1 + j, s1, accumulate);
            Store(c2 + j, s2, accumulate);
            Store(c3 + j, s3, accumulate);
        }

        for (; j < n; j++)
        {
            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            float* x = a, y = b + j;
            for (int p = 0; p < k; p++)
            {
                s0 += x[0] * *y;
                s1 += x[rowStride] * *y;
                s2 += x[2 * rowStride] * *y;
                s3 += x[3 * rowStride] * *y;
                x += stepStride;
                y += ldb;
            }

            c[j] = accumulate ? c[j] + s0 : s0;
            c1[j] = accumulate ? c1[j] + s1 : s1;
            c2[j] = accumulate ? c2[j] + s2 : s2;
            c3[j] = accumulate ? c3[j] + s3 : s3;
        }
    }

    private static void OneRow(int n, int k, float* a, nint stepStride, float* b, nint ldb, float* c, bool accumulate)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= n; j += lanes)
        {
            Vector<float> sum = default;
            for (int p = 0; p < k; p++) sum = Fma(new Vector<float>(a[p * stepStride]), Vector.Load(b + (p * ldb) + j), sum);
            Store(c + j, sum, accumulate);
        }

        for (; j < n; j++)
        {
            float sum = 0;
            for (int p = 0; p < k; p++) sum += a[p * stepStride] * b[(p * ldb) + j];
            c[j] = accumulate ? c[j] + sum : sum;
        }
    }

    private static Vector<float> Fma(Vector<float> x, Vector<float> y, Vector<float> z) => Vector.MultiplyAddEstimate(x, y, z);

    private static void Store(float* c, Vector<float> value, bool accumulate) => (accumulate ? value + Vector.Load(c) : value).Store(c);
}
