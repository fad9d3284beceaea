using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// Patches <c>[..., groups, patch, positions]</c> added into images <c>[..., channels, height, width]</c> ("col2im"): the adjoint
/// of <see cref="Unfold"/>; dx unfolds g.
/// </summary>
internal sealed unsafe class Fold : Op
{
    public static readonly Fold Rule = new();

    public override string Name => "Fold";

    public static Tensor Forward(Tensor input, in Window window, int kernelHeight, int kernelWidth, int height, int width)
    {
        Node x = input.Node;
        int lead = x.Shape.Rank - 3, channels = x.Shape[-3] * x.Shape[-2] / (kernelHeight * kernelWidth);
        ConvolutionShape sizes = window.Sizes(x.Shape.Product(0, lead), channels, height, width, window.Groups, kernelHeight, kernelWidth);
        Span<int> axes = stackalloc int[lead + 3];
        x.Shape.Axis[..lead].CopyTo(axes);
        axes[lead] = channels;
        axes[lead + 1] = height;
        axes[lead + 2] = width;
        Node y = Tensor.Zeros(new Shape(axes)).Node;
        nint image = sizes.ImageLength / window.Groups, patches = (nint)sizes.PatchLength * sizes.OutputArea;
        if (patches > 0)
        {
            for (int i = 0; i < sizes.Batch * window.Groups; i++) ImagePatches.Fold(x.Pointer + (i * patches), sizes, y.Pointer + (i * image));
        }

        y.SavedShape = window.Saved();
        y.A = kernelHeight;
        y.B = kernelWidth;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, Unfold.Forward(vjp.Gradient, Window.From(vjp.Node.SavedShape), vjp.Node.A, vjp.Node.B));
}
