using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// The element-wise half of a linear layer's backward, for the stacked cotangents of K tasks in one pass over them: dz = g f'(y), with f'
/// from the layer's output, and the bias gradient, the column sums of dz per task.
/// </summary>
internal static unsafe class LinearBackward
{
    private const int Grain = 16 * 1024;

    /// <summary>
    /// dz[k, r, j] = g[k, r, j] f'(y[r, j]) and sums[k, j] = sum over r of dz[k, r, j], in double precision and in an order set by the shape.
    /// </summary>
    /// <param name="activation">Identity, Relu or Sigmoid; Identity leaves <paramref name="dz"/> alone, which may then be null.</param>
    /// <param name="y">The layer's output, <c>[rows, width]</c>; not read for Identity.</param>
    /// <param name="g">The cotangents, <c>[tasks, rows, width]</c>.</param>
    /// <param name="dz">The same shape; may be <paramref name="g"/>.</param>
    /// <param name="sums"><c>[tasks, width]</c>, or null.</param>
    /// <param name="tasks">K.</param>
    /// <param name="rows">Rows of the output.</param>
    /// <param name="width">Columns of the output.</param>
    public static void Run(Activation activation, float* y, float* g, float* dz, float* sums, int tasks, int rows, int width)
    {
        if (activation == Activation.Identity && sums == null) return;
        int block = Math.Max(1, Grain / width), blocks = (rows + block - 1) / block;
        double* partial = sums == null ? null : Scratch.Get<double>(Scratch.Slot.Partial, (nint)tasks * blocks * width);
        var body = new Body { Y = y, G = g, Dz = dz, Partial = partial, Rows = rows, Width = width, Block = block, Blocks = blocks, Activation = activation };
        Workers.For(tasks * blocks, ref body);
        if (sums != null) Reduce(partial, sums, tasks, blocks, width);
    }

    private static void Reduce(double* partial, float* sums, int tasks, int blocks, int width)
    {
        for (int k = 0; k < tasks; k++)
        {
            double* first = partial + ((nint)k * blocks * width);
            for (int b = 1; b < blocks; b++) DoubleSum.Add(first + ((nint)b * width), first, width);
            for (int j = 0; j < width; j++) sums[((nint)k * width) + j] = (float)first[j];
        }
    }

    private struct Body : IBody
    {
        public float* Y, G, Dz;
        public double* Partial;
        public int Rows, Width, Block, Blocks;
        public Activation Activation;

        public readonly void Run(int chunk)
        {
            int first = chunk % Blocks * Block, count = Math.Min(Block, Rows - first);
            nint at = (((nint)(chunk / Blocks) * Rows) + first) * Width;
            float* result = G + at;
            if (Activation != Activation.Identity)
            {
                result = Dz + at;
                float* y = Y + ((nint)first * Width);
                if (Activation == Activation.Relu) Derive<ActivationFunction.Relu>(y, G + at, result, count * Width);
                else Derive<ActivationFunction.Sigmoid>(y, G + at, result, count * Width);
            }

            if (Partial == null) return;
            double* sums = Partial + ((nint)chunk * Width);
            new Span<double>(sums, Width).Clear();
            DoubleSum.AddRows(result, Width, count, Width, sums);
        }

        private static void Derive<TFunction>(float* y, float* g, float* dz, int length)
            where TFunction : struct, IActivation
        {
            int lanes = Vector<float>.Count, i = 0;
            for (; i + lanes <= length; i += lanes) TFunction.Backward(Vector.Load(y + i), Vector.Load(g + i)).Store(dz + i);
            if (i == length) return;
            VectorMath.StoreFirst(TFunction.Backward(VectorMath.LoadFirst(y + i, length - i), VectorMath.LoadFirst(g + i, length - i)), dz + i, length - i);
        }
    }
}
