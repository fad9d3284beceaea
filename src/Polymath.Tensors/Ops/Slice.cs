using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>A range along one axis (a view when the axis is outermost, else a copy); dx is g placed among zeros.</summary>
internal sealed unsafe class Slice : Op
{
    public static readonly Slice Rule = new();

    public override string Name => "Slice";

    public static Tensor Forward(Tensor input, int axis, int start, int length)
    {
        Node x = input.Node;
        int at = Axes.Normalize(x.Shape, axis, "Slice");
        if (start < 0 || length < 0 || length > x.Shape[at] - start) throw new TensorException($"Slice: range [{start}, {start + length}) is outside axis {axis} of shape {x.Shape}.");
        if (length == x.Shape[at]) return input;
        Shape shape = x.Shape.With(at, length);
        int outer = x.Shape.Product(0, at), inner = x.Shape.Product(at + 1, x.Shape.Rank);
        Node y;
        if (outer == 1) y = Tensor.ViewOf(x, start * inner, shape);
        else
        {
            y = Tensor.Allocate(shape);
            if (shape.Length > 0) Layout.Slice(x.Pointer, outer, x.Shape[at], inner, start, length, y.Pointer);
        }

        y.A = at;
        y.B = start;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
        => vjp.Give(0, Place.Forward(vjp.Gradient, vjp.Node.A + 1, vjp.Node.B, vjp.Node.Inputs[0].Shape[vjp.Node.A]));
}
