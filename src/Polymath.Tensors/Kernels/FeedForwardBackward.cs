using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// The gradients of <see cref="FeedForwardForward"/> for K stacked cotangents: a block of hidden values is computed again, once for all K, and
/// blocks add up their parameter gradients in groups that follow from the shape, so that the result does not depend on threads.
/// </summary>
internal unsafe struct FeedForwardBackward : IBody
{
    private FeedForwardSizes _sizes;
    private float* _x, _w1, _w1Transposed, _b1, _w2, _g, _dx, _partial;
    private int _tasks;

    /// <summary>Fills <paramref name="dx"/> <c>[tasks, rows, inputs]</c> unless null, and <paramref name="parameters"/> <c>[tasks, values of W1, b1, W2, b2]</c>.</summary>
    public static void Run(FeedForwardSizes sizes, float* x, float* w1, float* b1, float* w2, float* g, int tasks, float* dx, float* parameters)
    {
        int groups = sizes.Groups;
        nint length = (nint)tasks * sizes.Parameters;
        nint weights = (nint)sizes.Hidden * sizes.Inputs;
        Carver memory = new(Scratch.Slot.Partial, weights + (groups * length), pieces: 2);
        float* transposed = memory.Take(weights), partial = groups == 1 ? parameters : memory.Take(groups * length);
        GemmPacking.Pack(w1, sizes.Inputs, 1, sizes.Hidden, sizes.Inputs, sizes.Hidden, transposed);
        var body = new FeedForwardBackward { _sizes = sizes, _x = x, _w1 = w1, _w1Transposed = transposed, _b1 = b1, _w2 = w2, _g = g, _dx = dx, _partial = partial, _tasks = tasks };
        Workers.For(groups, ref body);
        if (groups == 1) return;
        Combine(partial, partial + length, length, parameters);
        for (int group = 2; group < groups; group++) Combine(parameters, partial + (group * length), length, parameters);
    }

    /// <summary>The blocks of one group.</summary>
    public readonly void Run(int chunk)
    {
        (int all, int inputs, int hidden, int outputs) = _sizes;
        int block = _sizes.Block, last = Math.Min(_sizes.Blocks, (chunk + 1) * _sizes.GroupBlocks);
        nint size = (nint)block * hidden, length = _sizes.Parameters;
        Carver memory = new(Scratch.Slot.Attention, 3 * size, pieces: 3);
        float* value = memory.Take(size), slope = memory.Take(size), dz = memory.Take(size);
        for (int b = chunk * _sizes.GroupBlocks; b < last; b++)
        {
            bool begun = b > chunk * _sizes.GroupBlocks;
            int first = b * block, rows = Math.Min(block, all - first);
            float* x = _x + ((nint)first * inputs);
            Gemm.Multiply(false, false, rows, hidden, inputs, x, inputs, _w1Transposed, hidden, value, hidden, accumulate: false);
            for (int row = 0; row < rows; row++) GeluRows.Run(value + ((nint)row * hidden), _b1, value + ((nint)row * hidden), slope + ((nint)row * hidden), hidden);
            for (int task = 0; task < _tasks; task++)
            {
                float* g = _g + ((((nint)task * all) + first) * outputs), own = _partial + (((nint)chunk * _tasks) + task) * length;
                float* dw1 = own, db1 = dw1 + ((nint)hidden * inputs), dw2 = db1 + hidden, db2 = dw2 + ((nint)outputs * hidden);
                Gemm.Multiply(false, false, rows, hidden, outputs, g, outputs, _w2, hidden, dz, hidden, accumulate: false);
                if (!begun)
                {
                    new Span<float>(db1, hidden).Clear();
                    new Span<float>(db2, outputs).Clear();
                }

                Scale(dz, slope, rows, hidden, db1);
                for (int row = 0; row < rows; row++) ColumnSums.Add(g + ((nint)row * outputs), outputs, db2);
                Gemm.Multiply(true, false, hidden, inputs, rows, dz, hidden, x, inputs, dw1, inputs, accumulate: begun);
                Gemm.Multiply(true, false, outputs, hidden, rows, g, outputs, value, hidden, dw2, hidden, accumulate: begun);
                if (_dx != null) Gemm.Multiply(false, false, rows, inputs, hidden, dz, hidden, _w1, inputs, _dx + ((((nint)task * all) + first) * inputs), inputs, accumulate: false);
            }
        }
    }

    /// <summary>dz = dz slope, and its sums over the rows.</summary>
    private static void Scale(float* dz, float* slope, int rows, int width, float* sums)
    {
        int lanes = Vector<float>.Count;
        for (int row = 0; row < rows; row++, dz += width, slope += width)
        {
            int j = 0;
            for (; j + lanes <= width; j += lanes) (Vector.Load(dz + j) * Vector.Load(slope + j)).Store(dz + j);
            for (; j < width; j++) dz[j] *= slope[j];
            ColumnSums.Add(dz, width, sums);
        }
    }

    private static void Combine(float* a, float* b, nint length, float* y)
    {
        int lanes = Vector<float>.Count;
        nint i = 0;
        for (; i + lanes <= length; i += lanes) (Vector.Load(a + i) + Vector.Load(b + i)).Store(y + i);
        for (; i < length; i++) y[i] = a[i] + b[i];
    }
}
