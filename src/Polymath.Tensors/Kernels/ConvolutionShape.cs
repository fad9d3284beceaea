namespace Polymath.Tensors.Kernels;

/// <summary>
/// The sizes of a 2-D convolution: images [batch, inputs, height, width], weights
/// [outputs, inputs / groups, kernelHeight, kernelWidth]. A 1-D convolution has height and kernel height 1.
/// </summary>
internal readonly record struct ConvolutionShape(
    int Batch, int Inputs, int Height, int Width, int Outputs, int KernelHeight, int KernelWidth)
{
    /// <summary>Step between output rows, in input rows.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Step between output columns, in input columns.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Rows of zeros above and below.</summary>
    public int PaddingHeight { get; init; }

    /// <summary>Columns of zeros left and right.</summary>
    public int PaddingWidth { get; init; }

    /// <summary>Distance between kernel rows, in input rows.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Distance between kernel columns, in input columns.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Independent groups of channels; divides inputs and outputs.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Rows of the output; 0 when the kernel does not fit.</summary>
    public int OutputHeight => Extent(Height, PaddingHeight, DilationHeight, KernelHeight, StrideHeight);

    /// <summary>Columns of the output; 0 when the kernel does not fit.</summary>
    public int OutputWidth => Extent(Width, PaddingWidth, DilationWidth, KernelWidth, StrideWidth);

    /// <summary>Elements of one output channel.</summary>
    public int OutputArea => OutputHeight * OutputWidth;

    /// <summary>Elements of one input image.</summary>
    public int ImageLength => Inputs * Height * Width;

    /// <summary>Elements of one output image.</summary>
    public int OutputLength => Outputs * OutputArea;

    /// <summary>Inputs to one output element: channels of a group times kernel area.</summary>
    public int PatchLength => Inputs / Groups * KernelHeight * KernelWidth;

    /// <summary>Elements of the weights.</summary>
    public int WeightLength => Outputs * PatchLength;

    /// <summary>True when the patches of an image are the image itself.</summary>
    public bool IsPointwise =>
        KernelHeight == 1 && KernelWidth == 1 && StrideHeight == 1 && StrideWidth == 1 && PaddingHeight == 0 && PaddingWidth == 0;

    private static int Extent(int size, int padding, int dilation, int kernel, int stride)
    {
        int room = size + (2 * padding) - ((dilation * (kernel - 1)) + 1);
        return room < 0 ? 0 : (room / stride) + 1;
    }
}
