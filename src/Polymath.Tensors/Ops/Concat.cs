using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>Tensors joined along one axis; each input receives its range of g.</summary>
internal sealed unsafe class Concat : Op
{
    public static readonly Concat Rule = new();

    public override string Name => "Concat";

    public static Tensor Forward(ReadOnlySpan<Tensor> inputs, int axis)
    {
        if (inputs.Length == 0) throw new TensorException("Concat: found no tensors, expected at least one.");
        if (inputs.Length == 1) return inputs[0];
        Shape first = inputs[0].Shape;
        int at = Axes.Normalize(first, axis, "Concat"), total = 0;
        foreach (Tensor input in inputs)
        {
            Shape shape = input.Shape;
            if (shape.Rank != first.Rank || shape.With(at, first[at]) != first) throw new TensorException($"Concat: shapes {first} and {shape} differ outside axis {axis}.");
            total += shape[at];
        }

        Node y = Tensor.Allocate(first.With(at, total));
        int outer = first.Product(0, at), inner = first.Product(at + 1, first.Rank), start = 0;
        var nodes = new NodeList(inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            Node x = inputs[i].Node;
            if (x.Shape.Length > 0) Layout.Unslice(x.Pointer, outer, total, inner, start, x.Shape[at], y.Pointer, false);
            start += x.Shape[at];
            nodes[i] = x;
        }

        y.A = at;
        return Tensor.Record(Rule, y, nodes.Span);
    }

    public override void Backward(in Vjp vjp)
    {
        int start = 0;
        for (int i = 0; i < vjp.Node.InputCount; i++)
        {
            int length = vjp.Node.Inputs[i].Shape[vjp.Node.A];
            if (vjp.Needs(i)) vjp.Give(i, vjp.Gradient.Slice(vjp.Node.A + 1, start, length));
            start += length;
        }
    }
}
