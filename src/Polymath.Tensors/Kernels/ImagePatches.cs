namespace Polymath.Tensors.Kernels;

/// <summary>
/// Unfolds the channels of one group into the matrix [patch length, output area] whose product with the weights is the
/// convolution ("im2col"), and its transpose, which adds the matrix back into the image ("col2im").
/// </summary>
internal static unsafe class ImagePatches
{
    /// <summary>patches[(c, i, j), (oh, ow)] = image[c, oh s - p + i d, ow s - p + j d], zero outside.</summary>
    public static void Unfold(float* image, in ConvolutionShape shape, float* patches)
    {
        int channels = shape.Inputs / shape.Groups, outputWidth = shape.OutputWidth, outputHeight = shape.OutputHeight;
        for (int c = 0; c < channels; c++)
        {
            float* plane = image + ((nint)c * shape.Height * shape.Width);
            for (int i = 0; i < shape.KernelHeight; i++)
            {
                for (int j = 0; j < shape.KernelWidth; j++)
                {
                    int offset = (j * shape.DilationWidth) - shape.PaddingWidth;
                    (int first, int last) = Inside(offset, shape.StrideWidth, shape.Width, outputWidth);
                    for (int oh = 0; oh < outputHeight; oh++, patches += outputWidth)
                    {
                        var target = new Span<float>(patches, outputWidth);
                        int h = (oh * shape.StrideHeight) - shape.PaddingHeight + (i * shape.DilationHeight);
                        if ((uint)h >= (uint)shape.Height || first == last)
                        {
                            target.Clear();
                            continue;
                        }

                        float* row = plane + ((nint)h * shape.Width) + offset;
                        target[..first].Clear();
                        if (shape.StrideWidth == 1) new ReadOnlySpan<float>(row + first, last - first).CopyTo(target[first..]);
                        else for (int ow = first; ow < last; ow++) patches[ow] = row[(nint)ow * shape.StrideWidth];
                        target[last..].Clear();
                    }
                }
            }
        }
    }

    /// <summary>image[c, oh s - p + i d, ow s - p + j d] += patches[(c, i, j), (oh, ow)], in a fixed order.</summary>
    public static void Fold(float* patches, in ConvolutionShape shape, float* image)
    {
        int channels = shape.Inputs / shape.Groups, outputWidth = shape.OutputWidth, outputHeight = shape.OutputHeight;
        for (int c = 0; c < channels; c++)
        {
            float* plane = image + ((nint)c * shape.Height * shape.Width);
            for (int i = 0; i < shape.KernelHeight; i++)
            {
                for (int j = 0; j < shape.KernelWidth; j++)
                {
                    int offset = (j * shape.DilationWidth) - shape.PaddingWidth;
                    (int first, int last) = Inside(offset, shape.StrideWidth, shape.Width, outputWidth);
                    for (int oh = 0; oh < outputHeight; oh++, patches += outputWidth)
                    {
                        int h = (oh * shape.StrideHeight) - shape.PaddingHeight + (i * shape.DilationHeight);
                        if ((uint)h >= (uint)shape.Height) continue;
                        float* row = plane + ((nint)h * shape.Width) + offset;
                        for (int ow = first; ow < last; ow++) row[(nint)ow * shape.StrideWidth] += patches[ow];
                    }
                }
            }
        }
    }

    // The output columns [first, last) whose input column ow * stride + offset lies in [0, width).
    private static (int First, int Last) Inside(int offset, int stride, int width, int outputWidth)
    {
        int first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
        int last = offset >= width ? 0 : ((width - 1 - offset) / stride) + 1;
        first = Math.Min(first, outputWidth);
        return (first, Math.Clamp(last, first, outputWidth));
    }
}
