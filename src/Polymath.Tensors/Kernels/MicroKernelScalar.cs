namespace Polymath.Tensors.Kernels;

/// <summary>The 4x3 tile without vector instructions.</summary>
internal unsafe struct MicroKernelScalar : IMicroKernel
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Lanes => 1;

    /// <inheritdoc/>
    public static void Multiply(int vectors, int k, float* a, nint rowStride, nint stepStride, float* b, nint stepStrideB, float* c, nint ldc, bool accumulate)
    {
        for (int j = 0; j < vectors; j++)
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
                y += stepStrideB;
            }

            Store(c + j, s0, accumulate);
            Store(c + ldc + j, s1, accumulate);
            Store(c + (2 * ldc) + j, s2, accumulate);
            Store(c + (3 * ldc) + j, s3, accumulate);
        }
    }

    private static void Store(float* c, float sum, bool accumulate) => *c = accumulate ? *c + sum : sum;
}
