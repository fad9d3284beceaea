namespace Polymath.Tensors.Kernels;

/// <summary>
/// Copies blocks of a matrix into panels that the micro-kernel reads front to back. A panel holds <c>width</c> rows of A
/// (or columns of B); step p of it is <c>width</c> contiguous values. Missing rows of the last panel are zero.
/// </summary>
internal static unsafe class GemmPacking
{
    /// <summary>Packs <paramref name="count"/> vectors of length <paramref name="k"/>; element p of vector i is at x[i * vectorStride + p * stepStride].</summary>
    public static void Pack(float* x, nint vectorStride, nint stepStride, int count, int k, int width, float* panels)
    {
        for (int i = 0; i < count; i += width)
        {
            int vectors = Math.Min(width, count - i);
            float* source = x + (i * vectorStride);
            float* panel = panels + ((nint)i * k);
            if (vectorStride == 1) PackContiguous(source, stepStride, vectors, k, width, panel);
            else PackInterleaved(source, vectorStride, stepStride, vectors, k, width, panel);
        }
    }

    private static void PackContiguous(float* source, nint stepStride, int vectors, int k, int width, float* panel)
    {
        for (int p = 0; p < k; p++)
        {
            var target = new Span<float>(panel, width);
            new ReadOnlySpan<float>(source, vectors).CopyTo(target);
            if (vectors < width) target[vectors..].Clear();
            source += stepStride;
            panel += width;
        }
    }

    private static void PackInterleaved(float* source, nint vectorStride, nint stepStride, int vectors, int k, int width, float* panel)
    {
        int i = 0;
        for (; i + 1 < vectors; i += 2)
        {
            float* s0 = source + (i * vectorStride);
            float* s1 = s0 + vectorStride;
            float* target = panel + i;
            for (int p = 0; p < k; p++)
            {
                target[0] = *s0;
                target[1] = *s1;
                s0 += stepStride;
                s1 += stepStride;
                target += width;
            }
        }

        for (; i < width; i++)
        {
            float* s = source + (i * vectorStride);
            float* target = panel + i;
            bool inside = i < vectors;
            for (int p = 0; p < k; p++)
            {
                *target = inside ? *s : 0f;
                if (inside) s += stepStride;
                target += width;
            }
        }
    }
}
