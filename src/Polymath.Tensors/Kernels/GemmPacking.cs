using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// Copies blocks of a matrix into panels that the micro-kernel reads front to back. A panel holds <c>width</c> rows of A
/// (or columns of B); step p of it is <c>width</c> contiguous values. Missing rows of the last panel are zero.
/// </summary>
internal static unsafe class GemmPacking
{
    // Steps of a panel that are transposed together: one cache line of every source row, a few KiB of panel.
    private const int StepBlock = 16;

    /// <summary>
    /// Packs one panel: <paramref name="count"/> vectors of length <paramref name="k"/>, at most <paramref name="width"/>; element p of vector i
    /// is at x[i * vectorStride + p * stepStride].
    /// </summary>
    public static void Pack(float* x, nint vectorStride, nint stepStride, int count, int k, int width, float* panel)
    {
        if (vectorStride == 1) PackContiguous(x, stepStride, count, k, width, panel);
        else if (stepStride == 1) PackTransposed(x, vectorStride, count, k, width, panel);
        else PackElements(x, vectorStride, stepStride, 0, count, 0, k, width, panel);
        if (count < width) ClearMissing(count, k, width, panel);
    }

    private static void PackContiguous(float* source, nint stepStride, int count, int k, int width, float* panel)
    {
        int lanes = Vector<float>.Count, whole = count / lanes * lanes;
        for (int p = 0; p < k; p++)
        {
            int i = 0;
            for (; i < whole; i += lanes) Vector.Load(source + i).Store(panel + i);
            for (; i < count; i++) panel[i] = source[i];
            source += stepStride;
            panel += width;
        }
    }

    private static void PackTransposed(float* source, nint vectorStride, int count, int k, int width, float* panel)
    {
        int vectors = Transpose4.IsSupported ? count & ~3 : 0, steps = Transpose4.IsSupported ? k & ~3 : 0;
        for (int block = 0; block < steps; block += StepBlock)
        {
            int last = Math.Min(block + StepBlock, steps);
            for (int i = 0; i < vectors; i += 4)
            {
                float* from = source + (i * vectorStride) + block, to = panel + ((nint)block * width) + i;
                if (Sse.IsSupported && last < steps)
                {
                    // As many streams as the panel is wide are more than the processor foresees.
                    for (int v = 0; v < 4; v++) Sse.Prefetch0(from + (v * vectorStride) + StepBlock);
                }

                for (int p = block; p < last; p += 4)
                {
                    Transpose4.Run(from, vectorStride, to, width);
                    from += 4;
                    to += 4 * (nint)width;
                }
            }
        }

        PackElements(source, vectorStride, 1, 0, vectors, steps, k, width, panel);
        PackElements(source, vectorStride, 1, vectors, count, 0, k, width, panel);
    }

    private static void PackElements(float* source, nint vectorStride, nint stepStride, int first, int last, int firstStep, int lastStep, int width, float* panel)
    {
        for (int p = firstStep; p < lastStep; p++)
        {
            for (int i = first; i < last; i++) panel[((nint)p * width) + i] = source[(i * vectorStride) + (p * stepStride)];
        }
    }

    private static void ClearMissing(int count, int k, int width, float* panel)
    {
        for (int p = 0; p < k; p++) new Span<float>(panel + ((nint)p * width) + count, width - count).Clear();
    }
}
