using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// Images <c>[..., channels, height, width]</c> as matrices of patches <c>[..., groups, patch, positions]</c>, the left side of a
/// convolution written as a matrix product ("im2col"); dx folds g back, adding where patches overlap.
/// </summary>
internal sealed unsafe class Unfold : Op
{
    public static readonly Unfold Rule = new();

    public override string Name => "Unfold";

    public static Tensor Forward(Tensor input, in Window window, int kernelHeight, int kernelWidth)
    {
        Node x = input.Node;
        int lead = x.Shape.Rank - 3, channels = x.Shape[-3], height = x.Shape[-2], width = x.Shape[-1];
        ConvolutionShape sizes = window.Sizes(x.Shape.Product(0, lead), channels, height, width, window.Groups, kernelHeight, kernelWidth);
        Span<int> axes = stackalloc int[lead + 3];
        x.Shape.Axis[..lead].CopyTo(axes);
        axes[lead] = window.Groups;
        axes[lead + 1] = sizes.PatchLength;
        axes[lead + 2] = sizes.OutputArea;
        Node y = Tensor.Allocate(new Shape(axes));
        nint image = sizes.ImageLength / window.Groups, patches = (nint)sizes.PatchLength * sizes.OutputArea;
        if (patches > 0)
        {
            for (int i = 0; i < sizes.Batch * window.Groups; i++) ImagePatches.Unfold(x.Pointer + (i * image), sizes, y.Pointer + (i * patches));
        }

        y.SavedShape = window.Saved();
        y.A = kernelHeight;
        y.B = kernelWidth;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
        => vjp.Give(0, Fold.Forward(vjp.Gradient, Window.From(vjp.Node.SavedShape), vjp.Node.A, vjp.Node.B, vjp.Node.Inputs[0].Shape[-2], vjp.Node.Inputs[0].Shape[-1]));
}
