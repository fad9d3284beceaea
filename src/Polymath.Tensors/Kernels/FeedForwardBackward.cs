using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// The gradients of <see cref="FeedForwardForward"/> for K stacked cotangents: a block of hidden values is computed again, once for all K, and
/// blocks add up their parameter gradients in groups that follow from the shape, so that the result does not depend on threads.
/// </summary>
internal unsafe struct FeedForwardBackward : IBody
{
    private FeedForwardSizes _sizes;
    private float* _x, _w1, _b1, _w2, _g, _dx, _partial;
    private int _tasks;

    /// <summary>Fills <paramref name="dx"/> <c>[tasks, rows, inputs]</c> unless null, and <paramref name="parameters"/> <c>[tasks, values of W1, b1, W2, b2]</c>.</summary>
    public static void Run(FeedForwardSizes sizes, float* x, float* w1, float* b1, float* w2, float* g, int tasks, float* dx, float* parameters)
    {
        int groups = sizes.Groups;
        nint length = (nint)tasks * sizes.Parameters;
        float* partial = groups == 1 ? parameters : Scratch.Get<float>(Scratch.Slot.Partial, groups * length);
        var body = new FeedForwardBackward { _sizes = sizes, _x = x, _w1 = w1, _b1 = b1, _w2 = w2, _g = g, _dx = dx, _partial = partial, _tasks = tasks };
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
            Gemm.Multiply(false, true, rows, hidden, inputs, x, inputs, _w1, inputs, value, hidden, accumulate: false, new GemmEpilogue(_b1, Activation.Identity));
            Gelu(value, slope, rows * hidden);
            for (int task = 0; task < _tasks; task++)
            {
                float* g = _g + ((((nint)task * all) + first) * outputs), own = _partial + (((nint)chunk * _tasks) + task) * length;
                float* dw1 = own, db1 = dw1 + ((nint)hidden * inputs), dw2 = db1 + hidden, db2 = dw2 + ((nint)outputs * hidden);
                Gemm.Multiply(false, false, rows, hidden, outputs, g, outputs, _w2, hidden, dz, hidden, accumulate: false);
                Scale(dz, slope, rows, hidden, db1, begun);
                Sum(g, rows, outputs, db2, begun);
                Gemm.Multiply(true, false, hidden, inputs, rows, dz, hidden, x, inputs, dw1, inputs, accumulate: begun);
                Gemm.Multiply(true, false, outputs, hidden, rows, g, outputs, value, hidden, dw2, hidden, accumulate: begun);
                if (_dx != null) Gemm.Multiply(false, false, rows, inputs, hidden, dz, hidden, _w1, inputs, _dx + ((((nint)task * all) + first) * inputs), inputs, accumulate: false);
            }
        }
    }

    /// <summary>z becomes gelu(z), beside it gelu'(z).</summary>
    private static void Gelu(float* z, float* slope, int length)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i + lanes <= length; i += lanes)
        {
            (Vector<float> value, Vector<float> derivative) = ActivationFunction.GeluExact.Both(Vector.Load(z + i));
            value.Store(z + i);
            derivative.Store(slope + i);
        }

        if (i == length) return;
        (Vector<float> lastValue, Vector<float> lastDerivative) = ActivationFunction.GeluExact.Both(VectorMath.LoadFirst(z + i, length - i));
        VectorMath.StoreFirst(lastValue, z + i, length - i);
        VectorMath.StoreFirst(lastDerivative, slope + i, length - i);
    }

    /// <summary>dz = dz slope, and its sums over the rows.</summary>
    private static void Scale(float* dz, float* slope, int rows, int width, float* sums, bool accumulate)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= width; j += lanes)
        {
            Vector<float> sum = accumulate ? Vector.Load(sums + j) : default;
            float* x = dz + j, y = slope + j;
            for (int i = 0; i < rows; i++, x += width, y += width)
            {
                Vector<float> product = Vector.Load(x) * Vector.Load(y);
                product.Store(x);
                sum += product;
            }

            sum.Store(sums + j);
        }

        for (; j < width; j++)
        {
            float sum = accumulate ? sums[j] : 0f;
            for (int i = 0; i < rows; i++) sum += dz[((nint)i * width) + j] *= slope[((nint)i * width) + j];
            sums[j] = sum;
        }
    }

    private static void Sum(float* g, int rows, int width, float* sums, bool accumulate)
    {
        int lanes = Vector<float>.Count, j = 0;
        for (; j + lanes <= width; j += lanes)
        {
            Vector<float> sum = accumulate ? Vector.Load(sums + j) : default;
            for (int i = 0; i < rows; i++) sum += Vector.Load(g + ((nint)i * width) + j);
            sum.Store(sums + j);
        }

        for (; j < width; j++)
        {
            float sum = accumulate ? sums[j] : 0f;
            for (int i = 0; i < rows; i++) sum += g[((nint)i * width) + j];
            sums[j] = sum;
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
