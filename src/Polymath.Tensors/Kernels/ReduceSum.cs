namespace Polymath.Tensors.Kernels;

/// <summary>
/// Reductions over the middle axis of [outer, axis, inner]. Sums accumulate in double precision over blocks fixed by the
/// shape, so they are right to the last float bit but one and do not depend on the thread count.
/// </summary>
internal static unsafe partial class Reduce
{
    private const int Grain = 16 * 1024, Strip = 256, BlockLimit = 64, EnoughOuter = 8;

    /// <summary>y[o, j] = sum over a of x[o, a, j]; zero when the axis is empty.</summary>
    public static void Sum(float* x, int outer, int axis, int inner, float* y)
    {
        long slice = (long)axis * inner;
        if (outer == 0 || inner == 0) return;
        if (axis == 0)
        {
            new Span<float>(y, outer * inner).Clear();
            return;
        }

        int axisBlock = outer >= EnoughOuter || slice <= 2 * Grain ? axis : Math.Max(Math.Max(1, Grain / inner), ((axis - 1) / BlockLimit) + 1);
        int blocks = ((axis - 1) / axisBlock) + 1;
        double* partial = blocks == 1 ? null : Scratch.Get<double>(Scratch.Slot.Partial, (nint)outer * blocks * inner);
        int together = blocks == 1 ? (int)Math.Max(1, Grain / slice) : 1, slices = outer * blocks;
        var body = new SumBody { X = x, Y = y, Partial = partial, Axis = axis, Inner = inner, AxisBlock = axisBlock, Blocks = blocks, Slices = slices, Together = together };
        Workers.For(((slices - 1) / together) + 1, ref body);
        if (blocks > 1) Combine(partial, outer, blocks, inner, y);
    }

    /// <summary>The sum of all elements, in double precision.</summary>
    public static double SumDouble(float* x, nint length) => Total(x, null, length);

    /// <summary>Sum of a b, in double precision.</summary>
    public static double Dot(float* a, float* b, nint length) => Total(a, b, length);

    private static double Total(float* a, float* b, nint length)
    {
        if (length == 0) return 0;
        int chunks = (int)(((length - 1) / Grain) + 1);
        double* partial = Scratch.Get<double>(Scratch.Slot.Partial, chunks);
        var body = new TotalBody { A = a, B = b, Length = length, Partial = partial };
        Workers.For(chunks, ref body);
        double total = 0;
        for (int i = 0; i < chunks; i++) total += partial[i];
        return total;
    }

    private static void Combine(double* partial, int outer, int blocks, int inner, float* y)
    {
        for (int o = 0; o < outer; o++)
        {
            double* sums = partial + ((nint)o * blocks * inner);
            for (int block = 1; block < blocks; block++)
            {
                double* next = sums + ((nint)block * inner);
                for (int j = 0; j < inner; j++) sums[j] += next[j];
            }

            for (int j = 0; j < inner; j++) y[((nint)o * inner) + j] = (float)sums[j];
        }
    }

    // One slice is a block of the axis for one outer index; it ends in y when it is the whole axis, else in the partial sums.
    private struct SumBody : IBody
    {
        public float* X, Y;
        public double* Partial;
        public int Axis, Inner, AxisBlock, Blocks, Slices, Together;

        public readonly void Run(int chunk)
        {
            double* sums = stackalloc double[Strip];
            int last = Math.Min(Slices, (chunk + 1) * Together);
            for (int slice = chunk * Together; slice < last; slice++)
            {
                int start = slice % Blocks * AxisBlock, rows = Math.Min(AxisBlock, Axis - start);
                float* x = X + ((((nint)(slice / Blocks) * Axis) + start) * Inner);
                nint target = (nint)slice * Inner;
                if (Inner == 1)
                {
                    double sum = DoubleSum.Sum(x, rows);
                    if (Partial == null) Y[target] = (float)sum;
                    else Partial[target] = sum;
                    continue;
                }

                for (int j = 0; j < Inner; j += Strip)
                {
                    int width = Math.Min(Strip, Inner - j);
                    new Span<double>(sums, width).Clear();
                    DoubleSum.AddRows(x + j, Inner, rows, width, sums);
                    for (int i = 0; i < width; i++)
                    {
                        if (Partial == null) Y[target + j + i] = (float)sums[i];
                        else Partial[target + j + i] = sums[i];
                    }
                }
            }
        }
    }

    private struct TotalBody : IBody
    {
        public float* A, B;
        public nint Length;
        public double* Partial;

        public readonly void Run(int chunk)
        {
            nint start = (nint)chunk * Grain;
            int count = (int)Math.Min(Grain, Length - start);
            Partial[chunk] = B == null ? DoubleSum.Sum(A + start, count) : DoubleSum.Dot(A + start, B + start, count);
        }
    }
}
