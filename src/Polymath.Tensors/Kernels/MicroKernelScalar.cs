namespace Polymath.Tensors.Kernels;

/// <summary>The 4x4 tile without vector instructions.</summary>
internal unsafe struct MicroKernelScalar : IMicroKernel
{
    private const int Rows = 4, Columns = 4;

    /// <inheritdoc/>
    public static int TileRows => Rows;

    /// <inheritdoc/>
    public static int TileColumns => Columns;

    /// <inheritdoc/>
    public static void Multiply(int k, float* a, float* b, float* c, nint ldc, bool accumulate)
    {
        float* tile = stackalloc float[Rows * Columns];
        new Span<float>(tile, Rows * Columns).Clear();
        for (; k > 0; k--)
        {
            float b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
            for (int r = 0; r < Rows; r++)
            {
                float x = a[r];
                float* row = tile + (r * Columns);
                row[0] += x * b0;
                row[1] += x * b1;
                row[2] += x * b2;
                row[3] += x * b3;
            }

            a += Rows;
            b += Columns;
        }

        for (int r = 0; r < Rows; r++)
        {
            for (int j = 0; j < Columns; j++)
                c[(r * ldc) + j] = accumulate ? c[(r * ldc) + j] + tile[(r * Columns) + j] : tile[(r * Columns) + j];
        }
    }
}
