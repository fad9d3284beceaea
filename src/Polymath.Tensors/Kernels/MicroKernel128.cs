using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Polymath.Tensors.Kernels;

/// <summary>The 4x12 tile on 128-bit vectors: 12 accumulators, three of B and one of A: all 16 xmm registers, half of Arm64's 32.</summary>
internal unsafe struct MicroKernel128 : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Lanes => 4;

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
        Vector128<float> c00 = default, c01 = default, c02 = default;
        Vector128<float> c10 = default, c11 = default, c12 = default;
        Vector128<float> c20 = default, c21 = default, c22 = default;
        Vector128<float> c30 = default, c31 = default, c32 = default;
        float* a3 = a + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 4), b2 = Vector128.Load(b + 8), x;
            x = Vector128.Create(a[0]);
            c00 = Vector128.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(x, b1, c01);
            c02 = Vector128.MultiplyAddEstimate(x, b2, c02);
            x = Vector128.Create(a[rowStride]);
            c10 = Vector128.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector128.MultiplyAddEstimate(x, b1, c11);
            c12 = Vector128.MultiplyAddEstimate(x, b2, c12);
            x = Vector128.Create(a[2 * rowStride]);
            c20 = Vector128.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector128.MultiplyAddEstimate(x, b1, c21);
            c22 = Vector128.MultiplyAddEstimate(x, b2, c22);
            x = Vector128.Create(a3[0]);
            c30 = Vector128.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector128.MultiplyAddEstimate(x, b1, c31);
            c32 = Vector128.MultiplyAddEstimate(x, b2, c32);
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
        Vector128<float> c00 = default, c01 = default;
        Vector128<float> c10 = default, c11 = default;
        Vector128<float> c20 = default, c21 = default;
        Vector128<float> c30 = default, c31 = default;
        float* a3 = a + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector128<float> b0 = Vector128.Load(b), b1 = Vector128.Load(b + 4), x;
            x = Vector128.Create(a[0]);
            c00 = Vector128.MultiplyAddEstimate(x, b0, c00);
            c01 = Vector128.MultiplyAddEstimate(x, b1, c01);
            x = Vector128.Create(a[rowStride]);
            c10 = Vector128.MultiplyAddEstimate(x, b0, c10);
            c11 = Vector128.MultiplyAddEstimate(x, b1, c11);
            x = Vector128.Create(a[2 * rowStride]);
            c20 = Vector128.MultiplyAddEstimate(x, b0, c20);
            c21 = Vector128.MultiplyAddEstimate(x, b1, c21);
            x = Vector128.Create(a3[0]);
            c30 = Vector128.MultiplyAddEstimate(x, b0, c30);
            c31 = Vector128.MultiplyAddEstimate(x, b1, c31);
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
        Vector128<float> c00 = default;
        Vector128<float> c10 = default;
        Vector128<float> c20 = default;
        Vector128<float> c30 = default;
        float* a3 = a + (3 * rowStride);
        for (; k > 0; k--)
        {
            Vector128<float> b0 = Vector128.Load(b), x;
            x = Vector128.Create(a[0]);
            c00 = Vector128.MultiplyAddEstimate(x, b0, c00);
            x = Vector128.Create(a[rowStride]);
            c10 = Vector128.MultiplyAddEstimate(x, b0, c10);
            x = Vector128.Create(a[2 * rowStride]);
            c20 = Vector128.MultiplyAddEstimate(x, b0, c20);
            x = Vector128.Create(a3[0]);
            c30 = Vector128.MultiplyAddEstimate(x, b0, c30);
            a += stepStride;
            a3 += stepStride;
            b += stepStrideB;
        }

        Store(c, c00, accumulate);
        Store(c + ldc, c10, accumulate);
        Store(c + (2 * ldc), c20, accumulate);
        Store(c + (3 * ldc), c30, accumulate);
    }

    private static void Store(float* c, Vector128<float> left, Vector128<float> middle, Vector128<float> right, bool accumulate)
    {
        if (accumulate)
        {
            left += Vector128.Load(c);
            middle += Vector128.Load(c + 4);
            right += Vector128.Load(c + 8);
        }

        left.Store(c);
        middle.Store(c + 4);
        right.Store(c + 8);
    }

    private static void Store(float* c, Vector128<float> left, Vector128<float> right, bool accumulate)
    {
        if (accumulate)
        {
            left += Vector128.Load(c);
            right += Vector128.Load(c + 4);
        }

        left.Store(c);
        right.Store(c + 4);
    }

    private static void Store(float* c, Vector128<float> only, bool accumulate)
    {
        (accumulate ? only + Vector128.Load(c) : only).Store(c);
    }
}
