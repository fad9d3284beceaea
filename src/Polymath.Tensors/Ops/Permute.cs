using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>Axes in another order (a copy); dx permutes back.</summary>
internal sealed unsafe class Permute : Op
{
    public static readonly Permute Rule = new();

    public override string Name => "Permute";

    public static Tensor Forward(Tensor input, ReadOnlySpan<int> order)
    {
        Node x = input.Node;
        int rank = x.Shape.Rank;
        if (order.Length != rank) throw new TensorException($"Permute: {order.Length} axes for shape {x.Shape}.");
        Span<int> axes = stackalloc int[rank], lengths = stackalloc int[rank];
        int seen = 0;
        bool same = true;
        for (int i = 0; i < rank; i++)
        {
            axes[i] = Axes.Normalize(x.Shape, order[i], "Permute");
            seen |= 1 << axes[i];
            same &= axes[i] == i;
            lengths[i] = x.Shape[axes[i]];
        }

        if (seen != (1 << rank) - 1) throw new TensorException($"Permute: the order names an axis of {x.Shape} twice.");
        if (same) return input;
        Node y = Tensor.Allocate(new Shape(lengths));
        if (y.Shape.Length > 0) Layout.Permute(x.Pointer, x.Shape.Axis, axes, y.Pointer);
        y.SavedShape = new Shape(axes);
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp)
    {
        ReadOnlySpan<int> order = vjp.Node.SavedShape.Axis;
        Span<int> inverse = stackalloc int[order.Length + 1];
        for (int i = 0; i < order.Length; i++) inverse[order[i] + 1] = i + 1;
        vjp.Give(0, vjp.Gradient.Permute(inverse));
    }
}
