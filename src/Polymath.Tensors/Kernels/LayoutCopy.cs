using System.Numerics.Tensors;

namespace Polymath.Tensors.Kernels;

internal static unsafe partial class Layout
{
    /// <summary>y[outer, length, inner] = x[:, start .. start + length, :] with x [outer, axis, inner].</summary>
    public static void Slice(float* x, int outer, int axis, int inner, int start, int length, float* y)
        => CopyStrided(x + ((nint)start * inner), (nint)axis * inner, y, (nint)length * inner, outer, (nint)length * inner, accumulate: false);

    /// <summary>y[:, start .. start + length, :] = (or +=) x[outer, length, inner] with y [outer, axis, inner]; the rest of y is left.</summary>
    public static void Unslice(float* x, int outer, int axis, int inner, int start, int length, float* y, bool accumulate)
        => CopyStrided(x, (nint)length * inner, y + ((nint)start * inner), (nint)axis * inner, outer, (nint)length * inner, accumulate);

    /// <summary>Copies (or adds) <paramref name="rows"/> runs of <paramref name="width"/> elements, each side with its own distance between runs.</summary>
    public static void CopyStrided(float* x, nint strideX, float* y, nint strideY, int rows, nint width, bool accumulate)
    {
        if (rows == 0 || width == 0) return;
        int perRow = (int)(((width - 1) / Grain) + 1), together = (int)Math.Max(1, Grain / width), units = rows * perRow;
        var body = new CopyBody { X = x, Y = y, StrideX = strideX, StrideY = strideY, Width = width, PerRow = perRow, Units = units, Together = together, Accumulate = accumulate };
        Workers.For(((units - 1) / together) + 1, ref body);
    }

    private struct CopyBody : IBody
    {
        public float* X, Y;
        public nint StrideX, StrideY, Width;
        public int PerRow, Units, Together;
        public bool Accumulate;

        public readonly void Run(int chunk)
        {
            int end = (int)Math.Min(Units, (chunk + 1L) * Together);
            for (int unit = chunk * Together; unit < end; unit++)
            {
                nint column = (nint)(unit % PerRow) * Grain;
                int row = unit / PerRow, count = (int)Math.Min(Grain, Width - column);
                var source = new ReadOnlySpan<float>(X + (row * StrideX) + column, count);
                var target = new Span<float>(Y + (row * StrideY) + column, count);
                if (Accumulate) TensorPrimitives.Add(target, source, target);
                else source.CopyTo(target);
            }
        }
    }
}
