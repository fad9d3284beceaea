using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>How a kernel slides over the last two axes; kept on a node as a shape of seven lengths, so that recording allocates nothing.</summary>
internal readonly record struct Window(int StrideHeight, int StrideWidth, int PaddingHeight, int PaddingWidth, int DilationHeight, int DilationWidth, int Groups)
{
    /// <summary>The window that <see cref="Saved"/> kept.</summary>
    public static Window From(in Shape saved) => new(saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], saved[6]);

    public Shape Saved() => new(StrideHeight, StrideWidth, PaddingHeight, PaddingWidth, DilationHeight, DilationWidth, Groups);

    /// <summary>The sizes the kernels take.</summary>
    /// <param name="batch">Number of images.</param>
    /// <param name="channels">Input channels of one image.</param>
    /// <param name="height">Rows of one image.</param>
    /// <param name="width">Columns of one image.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernelHeight">Rows of the kernel.</param>
    /// <param name="kernelWidth">Columns of the kernel.</param>
    public ConvolutionShape Sizes(int batch, int channels, int height, int width, int outputs, int kernelHeight, int kernelWidth)
        => new(batch, channels, height, width, outputs, kernelHeight, kernelWidth)
        {
            StrideHeight = StrideHeight,
            StrideWidth = StrideWidth,
            PaddingHeight = PaddingHeight,
            PaddingWidth = PaddingWidth,
            DilationHeight = DilationHeight,
            DilationWidth = DilationWidth,
            Groups = Groups,
        };
}
