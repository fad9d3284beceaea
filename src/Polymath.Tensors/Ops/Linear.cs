using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = x W^T + b over the last axis of x; dx = g W, dW = g^T x, db = sum of g.</summary>
internal sealed unsafe class Linear : Op
{
    public static readonly Linear Rule = new();

    public override string Name => "Linear";

    public static Tensor Forward(Tensor input, Tensor weight, Tensor bias)
    {
        Node x = input.Node, w = weight.Node;
        if (w.Shape.Rank != 2 || x.Shape.Rank == 0 || x.Shape[-1] != w.Shape[1]) throw new TensorException($"Linear: found input {x.Shape} with weight {w.Shape}, expected [..., in] with [out, in].");
        int inputs = w.Shape[1], outputs = w.Shape[0], rows = x.Shape.Product(0, x.Shape.Rank - 1);
        Node y = Tensor.Allocate(x.Shape.With(-1, outputs));
        bool hasBias = !bias.IsEmpty;
        if (hasBias)
        {
            if (bias.Shape.Rank != 1 || bias.Shape[0] != outputs) throw new TensorException($"Linear: found bias {bias.Shape}, expected [{outputs}].");
            ReadOnlySpan<float> b = bias.Span;
            Span<float> values = y.Span;
            for (int i = 0; i < rows; i++) b.CopyTo(values.Slice(i * outputs, outputs));
        }

        if (y.Shape.Length > 0) Gemm.Multiply(false, true, rows, outputs, inputs, x.Pointer, inputs, w.Pointer, inputs, y.Pointer, outputs, hasBias);
        return hasBias ? Tensor.Record(Rule, y, x, w, bias.Node) : Tensor.Record(Rule, y, x, w);
    }

    public override void Backward(in Vjp vjp)
    {
        Tensor g = vjp.Gradient, w = vjp.Input(1);
        if (vjp.Needs(0)) vjp.Give(0, g.MatMul(w));
        Shape x = vjp.Node.Inputs[0].Shape;
        int count = x.Product(0, x.Rank - 1);
        Tensor rows = g.Reshape(vjp.Tasks, count, w.Shape[0]);
        if (vjp.Needs(1)) vjp.Give(1, rows.MatMul(vjp.Input(0).Reshape(count, w.Shape[1]), transposeLeft: true));
        if (vjp.Node.InputCount > 2 && vjp.Needs(2)) vjp.Give(2, rows.Sum(1));
    }
}
