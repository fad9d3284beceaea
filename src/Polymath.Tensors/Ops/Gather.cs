using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>Slices of x at the given indices of one axis (an embedding lookup when the axis is 0); dx scatters g back, adding.</summary>
internal sealed unsafe class Gather : Op
{
    public static readonly Gather Rule = new();

    public override string Name => "Gather";

    public static Tensor Forward(Tensor input, IndexTensor indices, int axis, string operation = "Gather")
    {
        Node x = input.Node;
        int at = Axes.Normalize(x.Shape, axis, operation), count = indices.Shape.Length, length = x.Shape[at];
        indices.RequireBelow(length, operation);
        Node y = Tensor.Allocate(Insert(x.Shape, at, indices.Shape));
        int outer = x.Shape.Product(0, at), inner = x.Shape.Product(at + 1, x.Shape.Rank);
        if (y.Shape.Length > 0)
        {
            fixed (int* index = indices.Span)
            {
                for (int o = 0; o < outer; o++) Layout.GatherRows(x.Pointer + ((nint)o * length * inner), index, count, inner, y.Pointer + ((nint)o * count * inner));
            }
        }

        y.A = at;
        y.Indices = indices;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
        => vjp.Give(0, Scatter.Forward(vjp.Gradient, vjp.Node.Indices!, vjp.Node.A + 1, vjp.Node.Inputs[0].Shape[vjp.Node.A]));

    /// <summary>A shape with one axis replaced by the axes of the indices.</summary>
    internal static Shape Insert(in Shape shape, int axis, in Shape indices)
    {
        Span<int> axes = stackalloc int[shape.Rank - 1 + indices.Rank];
        shape.Axis[..axis].CopyTo(axes);
        indices.Axis.CopyTo(axes[axis..]);
        shape.Axis[(axis + 1)..].CopyTo(axes[(axis + indices.Rank)..]);
        return new Shape(axes);
    }
}
