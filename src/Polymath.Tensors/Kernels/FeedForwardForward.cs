namespace Polymath.Tensors.Kernels;

/// <summary>y = gelu(x W1^T + b1) W2^T + b2, block of rows by block of rows.</summary>
internal unsafe struct FeedForwardForward : IBody
{
    private FeedForwardSizes _sizes;
    private float* _x, _w1, _b1, _w2, _b2, _y;

    /// <summary>Fills y.</summary>
    public static void Run(FeedForwardSizes sizes, float* x, float* w1, float* b1, float* w2, float* b2, float* y)
    {
        var body = new FeedForwardForward { _sizes = sizes, _x = x, _w1 = w1, _b1 = b1, _w2 = w2, _b2 = b2, _y = y };
        Workers.For(sizes.Blocks, ref body);
    }

    /// <summary>One block of rows.</summary>
    public readonly void Run(int chunk)
    {
        (_, int inputs, int hidden, int outputs) = _sizes;
        int first = chunk * _sizes.Block, rows = Math.Min(_sizes.Block, _sizes.Rows - first);
        float* z = Scratch.Get<float>(Scratch.Slot.Attention, (nint)rows * hidden);
        Gemm.Multiply(false, true, rows, hidden, inputs, _x + ((nint)first * inputs), inputs, _w1, inputs, z, hidden, accumulate: false, new GemmEpilogue(_b1, Activation.Identity));
        Elementwise.GeluExact(z, z, rows * hidden);
        Gemm.Multiply(false, true, rows, outputs, hidden, z, hidden, _w2, hidden, _y + ((nint)first * outputs), outputs, accumulate: false, new GemmEpilogue(_b2, Activation.Identity));
    }
}
