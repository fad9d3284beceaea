namespace Polymath.Tensors.Kernels;

/// <summary>y = gelu(x W1^T + b1) W2^T + b2, block of rows by block of rows.</summary>
internal unsafe struct FeedForwardForward : IBody
{
    private FeedForwardSizes _sizes;
    private float* _x, _w1, _b1, _w2, _b2, _y;

    /// <summary>Fills y.</summary>
    public static void Run(FeedForwardSizes sizes, float* x, float* w1, float* b1, float* w2, float* b2, float* y)
    {
        // Every block multiplies by the same weights, so they are transposed once.
        (_, int inputs, int hidden, int outputs) = sizes;
        Carver memory = new(Scratch.Slot.Partial, (nint)hidden * (inputs + outputs), pieces: 2);
        float* first = memory.Take((nint)hidden * inputs), second = memory.Take((nint)hidden * outputs);
        GemmPacking.Pack(w1, inputs, 1, hidden, inputs, hidden, first);
        GemmPacking.Pack(w2, hidden, 1, outputs, hidden, outputs, second);
        var body = new FeedForwardForward { _sizes = sizes, _x = x, _w1 = first, _b1 = b1, _w2 = second, _b2 = b2, _y = y };
        Workers.For(sizes.Blocks, ref body);
    }

    /// <summary>One block of rows.</summary>
    public readonly void Run(int chunk)
    {
        (_, int inputs, int hidden, int outputs) = _sizes;
        int first = chunk * _sizes.Block, rows = Math.Min(_sizes.Block, _sizes.Rows - first);
        float* z = Scratch.Get<float>(Scratch.Slot.Attention, (nint)rows * hidden);
        Gemm.Multiply(false, false, rows, hidden, inputs, _x + ((nint)first * inputs), inputs, _w1, hidden, z, hidden, accumulate: false);
        for (int row = 0; row < rows; row++) GeluRows.Run(z + ((nint)row * hidden), _b1, z + ((nint)row * hidden), null, hidden);
        Gemm.Multiply(false, false, rows, outputs, hidden, z, hidden, _w2, outputs, _y + ((nint)first * outputs), outputs, accumulate: false, new GemmEpilogue(_b2, Activation.Identity));
    }
}
