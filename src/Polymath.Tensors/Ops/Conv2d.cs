using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// y = W * x + b, cross-correlation over the last two axes. With U the unfolded patches, y = W U: dx = fold(W^T g), dW = g U^T,
/// db = sum of g. A K-task cotangent is a batch of K·images for dx, and shares the patches of x for dW.
/// </summary>
internal sealed unsafe class Conv2d : Op
{
    public static readonly Conv2d Rule = new();

    public override string Name => "Conv2d";

    /// <param name="input">Shape <c>[batch, channels, height, width]</c>.</param>
    /// <param name="weight">Shape <c>[outputs, channels / groups, kernel height, kernel width]</c>.</param>
    /// <param name="bias">Shape <c>[outputs]</c>, or default.</param>
    /// <param name="window">How the kernel slides.</param>
    /// <param name="operation">Conv1d or Conv2d, for messages.</param>
    public static Tensor Forward(Tensor input, Tensor weight, Tensor bias, in Window window, string operation)
    {
        Node x = input.Node, w = weight.Node;
        int groups = window.Groups;
        if (window.StrideWidth < 1 || window.DilationWidth < 1 || window.PaddingWidth < 0 || groups < 1)
            throw new TensorException($"{operation}: found stride {window.StrideWidth}, padding {window.PaddingWidth}, dilation {window.DilationWidth} and {groups} groups, expected at least 1, 0, 1 and 1.");
        if (x.Shape[1] != w.Shape[1] * groups || w.Shape[0] % groups != 0)
            throw new TensorException($"{operation}: found input {x.Shape} with weight {w.Shape} and {groups} group(s), expected [batch, channels, ...] with [outputs, channels / groups, ...], the groups dividing both.");
        if (!bias.IsEmpty && bias.Shape != new Shape(w.Shape[0])) throw new TensorException($"{operation}: found bias {bias.Shape} for weight {w.Shape}, expected [{w.Shape[0]}].");
        ConvolutionShape sizes = Sizes(window, x.Shape, w.Shape);
        if (sizes.OutputArea == 0 || sizes.KernelHeight * sizes.KernelWidth == 0)
            throw new TensorException($"{operation}: weight {w.Shape} with dilation {window.DilationWidth} does not fit into input {x.Shape} padded by {window.PaddingWidth}.");

        Node y = Tensor.Allocate(new Shape(sizes.Batch, sizes.Outputs, sizes.OutputHeight, sizes.OutputWidth));
        Convolution.Forward(x.Pointer, w.Pointer, bias.IsEmpty ? null : bias.Node.Pointer, y.Pointer, sizes);
        y.SavedShape = window.Saved();
        return bias.IsEmpty ? Tensor.Record(Rule, y, x, w) : Tensor.Record(Rule, y, x, w, bias.Node);
    }

    public override void Backward(in Vjp vjp)
    {
        Node x = vjp.Node.Inputs[0], w = vjp.Node.Inputs[1];
        Window window = Window.From(vjp.Node.SavedShape);
        Tensor g = vjp.Gradient;
        int tasks = vjp.Tasks, batch = x.Shape[0], outputs = w.Shape[0], area = vjp.Node.Shape[2] * vjp.Node.Shape[3];
        if (vjp.Node.InputCount > 2 && vjp.Needs(2)) vjp.Give(2, g.Reshape(tasks, batch, outputs, area).Sum(3).Sum(1));
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp, window, g.Reshape(tasks, batch, window.Groups, outputs / window.Groups, area));
            return;
        }

        ConvolutionShape sizes = Sizes(window, x.Shape, w.Shape);
        if (vjp.Needs(0))
        {
            Node dx = Tensor.Allocate(x.Shape.Prepend(tasks));
            Convolution.BackwardInput(g.Node.Pointer, w.Pointer, dx.Pointer, sizes with { Batch = tasks * batch });
            vjp.Give(0, new Tensor(dx));
        }

        if (vjp.Needs(1))
        {
            Node dw = Tensor.Allocate(w.Shape.Prepend(tasks));
            Convolution.BackwardWeight(x.Pointer, g.Node.Pointer, dw.Pointer, sizes, tasks, sizes.WeightLength, accumulate: false);
            vjp.Give(1, new Tensor(dw));
        }
    }

    /// <summary>The same rules as products that can be differentiated again; g is <c>[tasks, batch, groups, outputs / groups, positions]</c>.</summary>
    /// <summary>The products dx and dW, a patch for every element of the result.</summary>
    public override RuleCost Cost(Node node, BackwardPass pass) => new(2.0 * node.Shape.Length * node.Inputs[1].Shape.Product(1, 4));

    private static void BackwardComposed(in Vjp vjp, in Window window, Tensor g)
    {
        Tensor x = vjp.Input(0), w = vjp.Input(1);
        int kernelHeight = w.Shape[2], kernelWidth = w.Shape[3], tasks = vjp.Tasks;
        if (vjp.Needs(0))
        {
            Tensor matrices = w.Reshape(window.Groups, w.Shape[0] / window.Groups, w.Shape[1] * kernelHeight * kernelWidth);
            vjp.Give(0, Fold.Forward(matrices.MatMul(g, transposeLeft: true), window, kernelHeight, kernelWidth, x.Shape[2], x.Shape[3]));
        }

        if (vjp.Needs(1)) vjp.Give(1, g.MatMul(Unfold.Forward(x, window, kernelHeight, kernelWidth), transposeRight: true).Sum(1).Reshape(w.Shape.Prepend(tasks)));
    }

    private static ConvolutionShape Sizes(in Window window, in Shape x, in Shape w) => window.Sizes(x[0], x[1], x[2], x[3], w[0], w[2], w[3]);
}
