using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = largest x over one axis; the gradient goes to the first largest element.</summary>
internal sealed unsafe class Max : Op
{
    public static readonly Max Rule = new();

    public override string Name => "Max";

    public static Tensor Forward(Tensor input, int axis, bool keepAxis)
    {
        Node x = input.Node;
        int at = Axes.Normalize(x.Shape, axis, "Max");
        if (x.Shape[at] == 0) throw new TensorException($"Max: axis {axis} of shape {x.Shape} has no elements.");
        Node y = Tensor.Allocate(keepAxis ? x.Shape.With(at, 1) : x.Shape.Without(at));
        int outer = x.Shape.Product(0, at), inner = x.Shape.Product(at + 1, x.Shape.Rank);
        if (y.Shape.Length > 0) Reduce.Max(x.Pointer, outer, x.Shape[at], inner, y.Pointer);
        y.A = at;
        return Tensor.Record(Rule, y, x);
    }

    public static IndexTensor ArgMax(Tensor input, int axis)
    {
        Node x = input.Node;
        int at = Axes.Normalize(x.Shape, axis, "ArgMax");
        if (x.Shape[at] == 0) throw new TensorException($"ArgMax: axis {axis} of shape {x.Shape} has no elements.");
        var indices = new IndexTensor(x.Shape.Without(at));
        fixed (int* to = indices.Span) Reduce.ArgMax(x.Pointer, x.Shape.Product(0, at), x.Shape[at], x.Shape.Product(at + 1, x.Shape.Rank), to);
        return indices;
    }

    public override void Backward(in Vjp vjp)
    {
        Node x = vjp.Node.Inputs[0];
        int axis = vjp.Node.A;
        // A tensor's memory holds the indices, so that the sweep allocates nothing outside the pool.
        Node first = Tensor.Allocate(vjp.Node.Shape);
        if (first.Shape.Length > 0) Reduce.ArgMax(x.Pointer, x.Shape.Product(0, axis), x.Shape[axis], x.Shape.Product(axis + 1, x.Shape.Rank), (int*)first.Pointer);
        Tensor chosen = OneHot.Along(new ReadOnlySpan<int>(first.Pointer, first.Shape.Length), axis, x.Shape);
        vjp.Give(0, vjp.Gradient.Reshape(x.Shape.With(axis, 1).Prepend(vjp.Tasks)) * chosen);
    }
}
