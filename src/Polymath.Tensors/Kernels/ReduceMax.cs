using System.Numerics;
using System.Numerics.Tensors;

namespace Polymath.Tensors.Kernels;

internal static unsafe partial class Reduce
{
    /// <summary>y[o, j] = max over a of x[o, a, j]; NaN when one is NaN, -infinity when the axis is empty.</summary>
    public static void Max(float* x, int outer, int axis, int inner, float* y)
    {
        if (outer == 0 || inner == 0) return;
        if (outer == 1 && inner == 1 && axis > Grain)
        {
            // One long row: the maxima of its blocks, then their maximum.
            int blocks = ((axis - 1) / Grain) + 1;
            float* partial = Scratch.Get<float>(Scratch.Slot.Partial, blocks);
            var row = new BlockMaxBody { X = x, Partial = partial, Length = axis };
            Workers.For(blocks, ref row);
            *y = RowMath.Max(partial, blocks);
            return;
        }

        var body = new MaxBody { X = x, Y = y, Axis = axis, Inner = inner };
        RunStrips(outer, axis, inner, ref body.Strips, ref body);
    }

    /// <summary>y[o, j] = the first a with the largest x[o, a, j]; the first NaN counts as largest; -1 when the axis is empty.</summary>
    public static void ArgMax(float* x, int outer, int axis, int inner, int* y)
    {
        if (outer == 0 || inner == 0) return;
        var body = new ArgMaxBody { X = x, Y = y, Axis = axis, Inner = inner };
        RunStrips(outer, axis, inner, ref body.Strips, ref body);
    }

    private static void RunStrips<TBody>(int outer, int axis, int inner, ref StripGrid strips, ref TBody body)
        where TBody : struct, IBody
    {
        strips.PerSlice = ((inner - 1) / Strip) + 1;
        strips.Count = outer * strips.PerSlice;
        strips.Together = (int)Math.Max(1, Grain / Math.Max(1, (long)axis * Math.Min(inner, Strip)));
        Workers.For(((strips.Count - 1) / strips.Together) + 1, ref body);
    }

    // Strips of columns, several to a chunk when they are small.
    private struct StripGrid
    {
        public int PerSlice, Count, Together;

        public readonly (int First, int Last) Range(int chunk) => (chunk * Together, Math.Min(Count, (chunk + 1) * Together));

        public readonly (int Outer, int Column, int Width) At(int strip, int inner)
        {
            int column = strip % PerSlice * Strip;
            return (strip / PerSlice, column, Math.Min(Strip, inner - column));
        }
    }

    private struct BlockMaxBody : IBody
    {
        public float* X, Partial;
        public int Length;

        public readonly void Run(int chunk) => Partial[chunk] = RowMath.Max(X + ((nint)chunk * Grain), Math.Min(Grain, Length - (chunk * Grain)));
    }

    private struct MaxBody : IBody
    {
        public float* X, Y;
        public int Axis, Inner;
        public StripGrid Strips;

        public readonly void Run(int chunk)
        {
            (int first, int last) = Strips.Range(chunk);
            for (int strip = first; strip < last; strip++)
            {
                (int outer, int column, int width) = Strips.At(strip, Inner);
                float* x = X + ((nint)outer * Axis * Inner) + column, y = Y + ((nint)outer * Inner) + column;
                if (Inner == 1)
                {
                    *y = RowMath.Max(x, Axis);
                    continue;
                }

                new Span<float>(y, width).Fill(float.NegativeInfinity);
                int lanes = Vector<float>.Count;
                for (int a = 0; a < Axis; a++, x += Inner)
                {
                    int j = 0;
                    for (; j + lanes <= width; j += lanes) Vector.Max(Vector.Load(y + j), Vector.Load(x + j)).Store(y + j);
                    for (; j < width; j++) y[j] = MathF.Max(y[j], x[j]);
                }
            }
        }
    }

    private struct ArgMaxBody : IBody
    {
        public float* X;
        public int* Y;
        public int Axis, Inner;
        public StripGrid Strips;

        public readonly void Run(int chunk)
        {
            float* best = stackalloc float[Strip];
            (int first, int last) = Strips.Range(chunk);
            for (int strip = first; strip < last; strip++)
            {
                (int outer, int column, int width) = Strips.At(strip, Inner);
                float* x = X + ((nint)outer * Axis * Inner) + column;
                int* y = Y + ((nint)outer * Inner) + column;
                if (Inner == 1)
                {
                    *y = TensorPrimitives.IndexOfMax(new ReadOnlySpan<float>(x, Axis));
                    continue;
                }

                new Span<int>(y, width).Fill(-1);
                for (int a = 0; a < Axis; a++, x += Inner)
                {
                    for (int j = 0; j < width; j++)
                    {
                        if (a > 0 && !(x[j] > best[j]) && !(float.IsNaN(x[j]) && !float.IsNaN(best[j]))) continue;
                        best[j] = x[j];
                        y[j] = a;
                    }
                }
            }
        }
    }
}
