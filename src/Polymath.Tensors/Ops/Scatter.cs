using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>Slices of x added into zeros at the given indices of one axis: the adjoint of <see cref="Gather"/>; dx gathers g.</summary>
internal sealed unsafe class Scatter : Op
{
    public static readonly Scatter Rule = new();

    public override string Name => "Scatter";

    /// <param name="input">Shape <c>[outer, ...indices, inner]</c>.</param>
    /// <param name="indices">Where each slice goes.</param>
    /// <param name="axis">First of the axes of <paramref name="input"/> that the indices cover, counted from 0.</param>
    /// <param name="length">Length of the axis that replaces them.</param>
    public static Tensor Forward(Tensor input, IndexTensor indices, int axis, int length)
    {
        Node x = input.Node;
        // With a scalar index no axis is covered, and the new one may come after the last.
        int at = axis, count = indices.Shape.Length, last = at + indices.Shape.Rank;
        if (last > x.Shape.Rank || !x.Shape.Axis[at..last].SequenceEqual(indices.Shape.Axis)) throw new TensorException($"ScatterRows: found indices {indices.Shape} for input {x.Shape}, expected the same leading axes.");
        indices.RequireBelow(length, "ScatterRows");
        Span<int> axes = stackalloc int[x.Shape.Rank + 1 - indices.Shape.Rank];
        x.Shape.Axis[..at].CopyTo(axes);
        axes[at] = length;
        x.Shape.Axis[last..].CopyTo(axes[(at + 1)..]);
        Node y = Tensor.Allocate(new Shape(axes));
        int outer = x.Shape.Product(0, at), inner = x.Shape.Product(last, x.Shape.Rank);
        fixed (int* index = indices.Span) Layout.ScatterRows(x.Pointer, index, outer, count, inner, length, y.Pointer);
        y.A = at;
        y.Indices = indices;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, Gather.Forward(vjp.Gradient, vjp.Node.Indices!, vjp.Node.A + 1));
}
