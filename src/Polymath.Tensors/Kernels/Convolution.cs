namespace Polymath.Tensors.Kernels;

/// <summary>
/// 2-D convolution (cross-correlation, as in every deep-learning library) as matrix products over unfolded patches; stride,
/// padding, dilation and groups. Images are independent and run in parallel; one image uses a parallel product instead.
/// </summary>
internal static unsafe class Convolution
{
    private const int BlockLimit = 8;

    /// <summary>y [batch, outputs, outputHeight, outputWidth] = x * weight (+ bias [outputs], unless null).</summary>
    public static void Forward(float* x, float* weight, float* bias, float* y, in ConvolutionShape shape)
    {
        if (shape.Batch == 0 || shape.OutputLength == 0) return;
        var body = new ForwardBody { X = x, Weight = weight, Bias = bias, Y = y, Shape = shape };
        Workers.For(shape.Batch, ref body);
    }

    /// <summary>
    /// dx = the transposed convolution of g with the weights; overwrites dx. The batch of the shape may be K times the
    /// forward's, for cotangents stacked over K tasks.
    /// </summary>
    public static void BackwardInput(float* g, float* weight, float* dx, in ConvolutionShape shape)
    {
        if (shape.Batch == 0 || shape.ImageLength == 0) return;
        var body = new BackwardInputBody { G = g, Weight = weight, Dx = dx, Shape = shape };
        Workers.For(shape.Batch, ref body);
    }

    /// <summary>
    /// dw[k] (+)= the weight gradient of task k, from g [tasks, batch, outputs, outputHeight, outputWidth]; task k's gradient
    /// is at dw + k * taskStride. Patches are unfolded once for all tasks. Sums run over at most eight fixed blocks of images.
    /// </summary>
    public static void BackwardWeight(float* x, float* g, float* dw, in ConvolutionShape shape, int tasks, nint taskStride, bool accumulate)
    {
        int length = shape.WeightLength;
        if (length == 0 || tasks == 0) return;
        int blocks = Math.Min(BlockLimit, shape.Batch);
        nint blockLength = (nint)tasks * length;
        float* partial = Scratch.Get<float>(Scratch.Slot.Partial, blocks * blockLength);
        var body = new BackwardWeightBody { X = x, G = g, Partial = partial, Shape = shape, Tasks = tasks, Blocks = blocks };
        Workers.For(blocks, ref body);
        for (int block = 1; block < blocks; block++) Layout.CopyStrided(partial + (block * blockLength), 0, partial, 0, 1, blockLength, accumulate: true);
        for (int k = 0; k < tasks; k++)
        {
            if (blocks > 0) Layout.CopyStrided(partial + ((nint)k * length), 0, dw + (k * taskStride), 0, 1, length, accumulate);
            else if (!accumulate) new Span<float>(dw + (k * taskStride), length).Clear();
        }
    }

    private struct ForwardBody : IBody
    {
        public float* X, Weight, Bias, Y;
        public ConvolutionShape Shape;

        public readonly void Run(int chunk)
        {
            int area = Shape.OutputArea, patch = Shape.PatchLength, outputs = Shape.Outputs / Shape.Groups;
            for (int group = 0; group < Shape.Groups; group++)
            {
                float* patches = Patches(X + ((nint)chunk * Shape.ImageLength), group, Shape);
                float* y = Y + ((nint)chunk * Shape.OutputLength) + ((nint)group * outputs * area);
                if (Bias != null)
                {
                    for (int o = 0; o < outputs; o++) new Span<float>(y + ((nint)o * area), area).Fill(Bias[(group * outputs) + o]);
                }

                Gemm.Multiply(false, false, outputs, area, patch, Weight + ((nint)group * outputs * patch), patch, patches, area, y, area, accumulate: Bias != null);
            }
        }
    }

    private struct BackwardInputBody : IBody
    {
        public float* G, Weight, Dx;
        public ConvolutionShape Shape;

        public readonly void Run(int chunk)
        {
            int area = Shape.OutputArea, patch = Shape.PatchLength, outputs = Shape.Outputs / Shape.Groups;
            int groupLength = Shape.ImageLength / Shape.Groups;
            for (int group = 0; group < Shape.Groups; group++)
            {
                float* g = G + ((nint)chunk * Shape.OutputLength) + ((nint)group * outputs * area);
                float* dx = Dx + ((nint)chunk * Shape.ImageLength) + ((nint)group * groupLength);
                float* patches = Shape.IsPointwise ? dx : Scratch.Get<float>(Scratch.Slot.Patches, (nint)patch * area);
                Gemm.Multiply(true, false, patch, area, outputs, Weight + ((nint)group * outputs * patch), patch, g, area, patches, area, accumulate: false);
                if (Shape.IsPointwise) continue;
                new Span<float>(dx, groupLength).Clear();
                ImagePatches.Fold(patches, Shape, dx);
            }
        }
    }

    private struct BackwardWeightBody : IBody
    {
        public float* X, G, Partial;
        public ConvolutionShape Shape;
        public int Tasks, Blocks;

        public readonly void Run(int chunk)
        {
            int area = Shape.OutputArea, patch = Shape.PatchLength, outputs = Shape.Outputs / Shape.Groups;
            int first = (int)((long)Shape.Batch * chunk / Blocks), last = (int)((long)Shape.Batch * (chunk + 1) / Blocks);
            float* sums = Partial + ((nint)chunk * Tasks * Shape.WeightLength);
            for (int image = first; image < last; image++)
            {
                for (int group = 0; group < Shape.Groups; group++)
                {
                    float* patches = Patches(X + ((nint)image * Shape.ImageLength), group, Shape);
                    for (int k = 0; k < Tasks; k++)
                    {
                        float* g = G + ((((nint)k * Shape.Batch) + image) * Shape.OutputLength) + ((nint)group * outputs * area);
                        float* sum = sums + ((nint)k * Shape.WeightLength) + ((nint)group * outputs * patch);
                        Gemm.Multiply(false, true, outputs, patch, area, g, area, patches, area, sum, patch, accumulate: image > first);
                    }
                }
            }
        }
    }

    // The patches of one group of one image, in this thread's scratch memory, or the image itself when nothing has to be unfolded.
    private static float* Patches(float* image, int group, in ConvolutionShape shape)
    {
        float* plane = image + ((nint)group * (shape.ImageLength / shape.Groups));
        if (shape.IsPointwise) return plane;
        float* patches = Scratch.Get<float>(Scratch.Slot.Patches, (nint)shape.PatchLength * shape.OutputArea);
        ImagePatches.Unfold(plane, shape, patches);
        return patches;
    }
}
