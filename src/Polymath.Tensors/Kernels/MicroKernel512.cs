using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Polymath.Tensors.Kernels;

/// <summary>The 8x48 tile on 512-bit vectors: 24 accumulators, three of B and one of A of the 32 zmm registers.</summary>
internal unsafe struct MicroKernel512 : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    public static int Lanes => 16;

    /// <inheritdoc/>
    public static void Multiply(int vectors, int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        if (vectors == 3) Three(k, a, rowStride, stepStride, b, stepStrideB, c, ldc, accumulate);
        else if (vectors == 2) Two(k, a, rowStride, stepStride, b, stepStrideB, c, ldc, accumulate);
        else One(k, a, rowStride, stepStride, b, stepStrideB, c, ldc, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three(int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        Vector512<float> c00 = default, c01 = default, c02 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default;
        Vector512<float> c60 = default, c61 = default, c62 = default;
        Vector512<float> c70 = default, c71 = default, c72 = default;
        float* a3 = a + (3 * rowStride), a6 = a3 + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16), b2 = Vector512.Load(b + 32), x;
            x = Vector512.Create(a[0]);
            c00 = Vector512.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector512.MultiplyAddEstimate(x, b1, c01);
            c02 = Vector512.MultiplyAddEstimate(x, b2, c02);
            x = Vector512.Create(a[rowStride]);
            c10 = Vector512.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector512.MultiplyAddEstimate(x, b1, c11);
            c12 = Vector512.MultiplyAddEstimate(x, b2, c12);
            x = Vector512.Create(a[2 * rowStride]);
            c20 = Vector512.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector512.MultiplyAddEstimate(x, b1, c21);
            c22 = Vector512.MultiplyAddEstimate(x, b2, c22);
            x = Vector512.Create(a3[0]);
            c30 = Vector512.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector512.MultiplyAddEstimate(x, b1, c31);
            c32 = Vector512.MultiplyAddEstimate(x, b2, c32);
            x = Vector512.Create(a3[rowStride]);
            c40 = Vector512.MultiplyAddEstimate(x, b0, c40);
            c41 = Vector512.MultiplyAddEstimate(x, b1, c41);
            c42 = Vector512.MultiplyAddEstimate(x, b2, c42);
            x = Vector512.Create(a3[2 * rowStride]);
            c50 = Vector512.MultiplyAddEstimate(x, b0, c50);
            c51 = Vector512.MultiplyAddEstimate(x, b1, c51);
            c52 = Vector512.MultiplyAddEstimate(x, b2, c52);
            x = Vector512.Create(a6[0]);
            c60 = Vector512.MultiplyAddEstimate(x, b0, c60);
            c61 = Vector512.MultiplyAddEstimate(x, b1, c61);
            c62 = Vector512.MultiplyAddEstimate(x, b2, c62);
            x = Vector512.Create(a6[rowStride]);
            c70 = Vector512.MultiplyAddEstimate(x, b0, c70);
            c71 = Vector512.MultiplyAddEstimate(x, b1, c71);
            c72 = Vector512.MultiplyAddEstimate(x, b2, c72);
            a += stepStride;
            a3 += stepStride;
            a6 += stepStride;
            b += stepStrideB;
        }

        Store(c, c00, c01, c02, accumulate);
        Store(c + ldc, c10, c11, c12, accumulate);
        Store(c + (2 * ldc), c20, c21, c22, accumulate);
        Store(c + (3 * ldc), c30, c31, c32, accumulate);
        Store(c + (4 * ldc), c40, c41, c42, accumulate);
        Store(c + (5 * ldc), c50, c51, c52, accumulate);
        Store(c + (6 * ldc), c60, c61, c62, accumulate);
        Store(c + (7 * ldc), c70, c71, c72, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        Vector512<float> c00 = default, c01 = default;
        Vector512<float> c10 = default, c11 = default;
        Vector512<float> c20 = default, c21 = default;
        Vector512<float> c30 = default, c31 = default;
        Vector512<float> c40 = default, c41 = default;
        Vector512<float> c50 = default, c51 = default;
        Vector512<float> c60 = default, c61 = default;
        Vector512<float> c70 = default, c71 = default;
        float* a3 = a + (3 * rowStride), a6 = a3 + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + 16), x;
            x = Vector512.Create(a[0]);
            c00 = Vector512.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector512.MultiplyAddEstimate(x, b1, c01);
            x = Vector512.Create(a[rowStride]);
            c10 = Vector512.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector512.MultiplyAddEstimate(x, b1, c11);
            x = Vector512.Create(a[2 * rowStride]);
            c20 = Vector512.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector512.MultiplyAddEstimate(x, b1, c21);
            x = Vector512.Create(a3[0]);
            c30 = Vector512.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector512.MultiplyAddEstimate(x, b1, c31);
            x = Vector512.Create(a3[rowStride]);
            c40 = Vector512.MultiplyAddEstimate(x, b0, c40);
            c41 = Vector512.MultiplyAddEstimate(x, b1, c41);
            x = Vector512.Create(a3[2 * rowStride]);
            c50 = Vector512.MultiplyAddEstimate(x, b0, c50);
            c51 = Vector512.MultiplyAddEstimate(x, b1, c51);
            x = Vector512.Create(a6[0]);
            c60 = Vector512.MultiplyAddEstimate(x, b0, c60);
            c61 = Vector512.MultiplyAddEstimate(x, b1, c61);
            x = Vector512.Create(a6[rowStride]);
            c70 = Vector512.MultiplyAddEstimate(x, b0, c70);
            c71 = Vector512.MultiplyAddEstimate(x, b1, c71);
            a += stepStride;
            a3 += stepStride;
            a6 += stepStride;
            b += stepStrideB;
        }

        Store(c, c00, c01, accumulate);
        Store(c + ldc, c10, c11, accumulate);
        Store(c + (2 * ldc), c20, c21, accumulate);
        Store(c + (3 * ldc), c30, c31, accumulate);
        Store(c + (4 * ldc), c40, c41, accumulate);
        Store(c + (5 * ldc), c50, c51, accumulate);
        Store(c + (6 * ldc), c60, c61, accumulate);
        Store(c + (7 * ldc), c70, c71, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        Vector512<float> c00 = default;
        Vector512<float> c10 = default;
        Vector512<float> c20 = default;
        Vector512<float> c30 = default;
        Vector512<float> c40 = default;
        Vector512<float> c50 = default;
        Vector512<float> c60 = default;
        Vector512<float> c70 = default;
        float* a3 = a + (3 * rowStride), a6 = a3 + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector512<float> b0 = Vector512.Load(b), x;
            x = Vector512.Create(a[0]);
            c00 = Vector512.MultiplyAddEstimate(x, b0, c00);
            x = Vector512.Create(a[rowStride]);
            c10 = Vector512.MultiplyAddEstimate(x, b0, c10);
            x = Vector512.Create(a[2 * rowStride]);
            c20 = Vector512.MultiplyAddEstimate(x, b0, c20);
            x = Vector512.Create(a3[0]);
            c30 = Vector512.MultiplyAddEstimate(x, b0, c30);
            x = Vector512.Create(a3[rowStride]);
            c40 = Vector512.MultiplyAddEstimate(x, b0, c40);
            x = Vector512.Create(a3[2 * rowStride]);
            c50 = Vector512.MultiplyAddEstimate(x, b0, c50);
            x = Vector512.Create(a6[0]);
            c60 = Vector512.MultiplyAddEstimate(x, b0, c60);
            x = Vector512.Create(a6[rowStride]);
            c70 = Vector512.MultiplyAddEstimate(x, b0, c70);
            a += stepStride;
            a3 += stepStride;
            a6 += stepStride;
            b += stepStrideB;
        }

        Store(c, c00, accumulate);
        Store(c + ldc, c10, accumulate);
        Store(c + (2 * ldc), c20, accumulate);
        Store(c + (3 * ldc), c30, accumulate);
        Store(c + (4 * ldc), c40, accumulate);
        Store(c + (5 * ldc), c50, accumulate);
        Store(c + (6 * ldc), c60, accumulate);
        Store(c + (7 * ldc), c70, accumulate);
    }

    private static void Store(float* c, Vector512<float> left, Vector512<float> middle, Vector512<float> right, bool accumulate)
    {
        if (accumulate)
        {
            left += Vector512.Load(c);
            middle += Vector512.Load(c + 16);
            right += Vector512.Load(c + 32);
        }

        left.Store(c);
        middle.Store(c + 16);
        right.Store(c + 32);
    }

    private static void Store(float* c, Vector512<float> left, Vector512<float> right, bool accumulate)
    {
        if (accumulate)
        {
            left += Vector512.Load(c);
            right += Vector512.Load(c + 16);
        }

        left.Store(c);
        right.Store(c + 16);
    }

    private static void Store(float* c, Vector512<float> only, bool accumulate)
    {
        (accumulate ? only + Vector512.Load(c) : only).Store(c);
    }
}
