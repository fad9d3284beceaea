using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Polymath.Tensors.Kernels;

/// <summary>The 4x24 tile on 256-bit vectors: 12 accumulators, three of B and one of A: all 16 ymm registers.</summary>
internal unsafe struct MicroKernel256 : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Lanes => 8;

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
        Vector256<float> c00 = default, c01 = default, c02 = default;
        Vector256<float> c10 = default, c11 = default, c12 = default;
        Vector256<float> c20 = default, c21 = default, c22 = default;
        Vector256<float> c30 = default, c31 = default, c32 = default;
        float* a3 = a + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8), b2 = Vector256.Load(b + 16), x;
            x = Vector256.Create(a[0]);
            c00 = Vector256.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(x, b1, c01);
            c02 = Vector256.MultiplyAddEstimate(x, b2, c02);
            x = Vector256.Create(a[rowStride]);
            c10 = Vector256.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(x, b1, c11);
            c12 = Vector256.MultiplyAddEstimate(x, b2, c12);
            x = Vector256.Create(a[2 * rowStride]);
            c20 = Vector256.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(x, b1, c21);
            c22 = Vector256.MultiplyAddEstimate(x, b2, c22);
            x = Vector256.Create(a3[0]);
            c30 = Vector256.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(x, b1, c31);
            c32 = Vector256.MultiplyAddEstimate(x, b2, c32);
            a += stepStride;
            a3 += stepStride;
            b += stepStrideB;
        }

        Store(c, c00, c01, c02, accumulate);
        Store(c + ldc, c10, c11, c12, accumulate);
        Store(c + (2 * ldc), c20, c21, c22, accumulate);
        Store(c + (3 * ldc), c30, c31, c32, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        Vector256<float> c00 = default, c01 = default;
        Vector256<float> c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default;
        Vector256<float> c30 = default, c31 = default;
        float* a3 = a + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + 8), x;
            x = Vector256.Create(a[0]);
            c00 = Vector256.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(x, b1, c01);
            x = Vector256.Create(a[rowStride]);
            c10 = Vector256.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(x, b1, c11);
            x = Vector256.Create(a[2 * rowStride]);
            c20 = Vector256.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(x, b1, c21);
            x = Vector256.Create(a3[0]);
            c30 = Vector256.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(x, b1, c31);
            a += stepStride;
            a3 += stepStride;
            b += stepStrideB;
        }

        Store(c, c00, c01, accumulate);
        Store(c + ldc, c10, c11, accumulate);
        Store(c + (2 * ldc), c20, c21, accumulate);
        Store(c + (3 * ldc), c30, c31, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        Vector256<float> c00 = default;
        Vector256<float> c10 = default;
        Vector256<float> c20 = default;
        Vector256<float> c30 = default;
        float* a3 = a + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector256<float> b0 = Vector256.Load(b), x;
            x = Vector256.Create(a[0]);
            c00 = Vector256.MultiplyAddEstimate(x, b0, c00);
            x = Vector256.Create(a[rowStride]);
            c10 = Vector256.MultiplyAddEstimate(x, b0, c10);
            x = Vector256.Create(a[2 * rowStride]);
            c20 = Vector256.MultiplyAddEstimate(x, b0, c20);
            x = Vector256.Create(a3[0]);
            c30 = Vector256.MultiplyAddEstimate(x, b0, c30);
            a += stepStride;
            a3 += stepStride;
            b += stepStrideB;
        }

        Store(c, c00, accumulate);
        Store(c + ldc, c10, accumulate);
        Store(c + (2 * ldc), c20, accumulate);
        Store(c + (3 * ldc), c30, accumulate);
    }

    private static void Store(float* c, Vector256<float> left, Vector256<float> middle, Vector256<float> right, bool accumulate)
    {
        if (accumulate)
        {
            left += Vector256.Load(c);
            middle += Vector256.Load(c + 8);
            right += Vector256.Load(c + 16);
        }

        left.Store(c);
        middle.Store(c + 8);
        right.Store(c + 16);
    }

    private static void Store(float* c, Vector256<float> left, Vector256<float> right, bool accumulate)
    {
        if (accumulate)
        {
            left += Vector256.Load(c);
            right += Vector256.Load(c + 8);
        }

        left.Store(c);
        right.Store(c + 8);
    }

    private static void Store(float* c, Vector256<float> only, bool accumulate)
    {
        (accumulate ? only + Vector256.Load(c) : only).Store(c);
    }
}
