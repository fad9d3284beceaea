using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>x placed at a start along one axis of a tensor of zeros: the adjoint of <see cref="Slice"/>; dx slices g.</summary>
internal sealed unsafe class Place : Op
{
    public static readonly Place Rule = new();

    public override string Name => "Place";

    public static Tensor Forward(Tensor input, int axis, int start, int total)
    {
        Node x = input.Node;
        Node y = Tensor.Zeros(x.Shape.With(axis, total)).Node;
        int outer = x.Shape.Product(0, axis), inner = x.Shape.Product(axis + 1, x.Shape.Rank), length = x.Shape[axis];
        if (x.Shape.Length > 0) Layout.Unslice(x.Pointer, outer, total, inner, start, length, y.Pointer, false);
        y.A = axis;
        y.B = start;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
        => vjp.Give(0, vjp.Gradient.Slice(vjp.Node.A + 1, vjp.Node.B, vjp.Node.Inputs[0].Shape[vjp.Node.A]));
}
