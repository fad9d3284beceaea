using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = sum of x over one axis; dx repeats g along it.</summary>
internal sealed unsafe class Sum : Op
{
    public static readonly Sum Rule = new();

    public override string Name => "Sum";

    public static Tensor Forward(Tensor input, int axis, bool keepAxis)
    {
        Node x = input.Node;
        int at = Axes.Normalize(x.Shape, axis, "Sum");
        Node y = Tensor.Allocate(keepAxis ? x.Shape.With(at, 1) : x.Shape.Without(at));
        int outer = x.Shape.Product(0, at), inner = x.Shape.Product(at + 1, x.Shape.Rank);
        if (y.Shape.Length > 0) Reduce.Sum(x.Pointer, outer, x.Shape[at], inner, y.Pointer);
        y.A = at;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
    {
        Shape x = vjp.Node.Inputs[0].Shape;
        Tensor g = vjp.Gradient;
        vjp.Give(0, g.Reshape(x.With(vjp.Node.A, 1).Prepend(vjp.Tasks)).BroadcastTo(x.Prepend(vjp.Tasks)));
    }
}
