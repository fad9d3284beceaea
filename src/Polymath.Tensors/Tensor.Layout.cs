using System.Buffers;

namespace Polymath.Tensors;

public readonly partial struct Tensor
{
    /// <summary>The same elements under another shape, without a copy; one length may be -1.</summary>
    public Tensor Reshape(params ReadOnlySpan<int> lengths) => Ops.Reshape.Forward(this, Ops.Reshape.Resolve(Shape, lengths));

    /// <summary>The same elements under another shape, without a copy.</summary>
    public Tensor Reshape(in Shape shape) => Ops.Reshape.Forward(this, shape);

    /// <summary>A new axis of length 1 before <paramref name="axis"/>; -1 appends one.</summary>
    public Tensor Unsqueeze(int axis)
    {
        Shape shape = Shape;
        int at = axis < 0 ? axis + shape.Rank + 1 : axis;
        if ((uint)at > (uint)shape.Rank) throw new TensorException($"Unsqueeze: axis {axis} does not exist in shape {shape}.");
        Span<int> axes = stackalloc int[shape.Rank + 1];
        shape.Axis[..at].CopyTo(axes);
        axes[at] = 1;
        shape.Axis[at..].CopyTo(axes[(at + 1)..]);
        return Reshape(axes);
    }

    /// <summary>The shape without an axis of length 1.</summary>
    public Tensor Squeeze(int axis)
    {
        Shape shape = Shape;
        int at = Ops.Axes.Normalize(shape, axis, "Squeeze");
        if (shape[at] != 1) throw new TensorException($"Squeeze: axis {axis} of shape {shape} has length {shape[at]}, expected 1.");
        return Reshape(shape.Without(at));
    }

    /// <summary>Axes in another order.</summary>
    public Tensor Permute(params ReadOnlySpan<int> order) => Ops.Permute.Forward(this, order);

    /// <summary>Two axes swapped; by default the last two.</summary>
    public Tensor Transpose(int first = -2, int second = -1)
    {
        Shape shape = Shape;
        int a = Ops.Axes.Normalize(shape, first, "Transpose"), b = Ops.Axes.Normalize(shape, second, "Transpose");
        Span<int> order = stackalloc int[shape.Rank];
        for (int i = 0; i < order.Length; i++) order[i] = i == a ? b : i == b ? a : i;
        return Permute(order);
    }

    /// <summary>A range along one axis.</summary>
    public Tensor Slice(int axis, int start, int length) => Ops.Slice.Forward(this, axis, start, length);

    /// <summary>One index of an axis, which disappears.</summary>
    public Tensor Select(int axis, int index)
    {
        int at = Ops.Axes.Normalize(Shape, axis, "Select");
        if ((uint)index >= (uint)Shape[at]) throw new TensorException($"Select: index {index} is outside axis {axis} of shape {Shape}.");
        return Slice(at, index, 1).Reshape(Shape.Without(at));
    }

    /// <summary>Repeats axes of length 1 to a larger shape.</summary>
    public Tensor BroadcastTo(in Shape shape) => Ops.BroadcastTo.Forward(this, shape);

    /// <summary>Repeats axes of length 1 to a larger shape.</summary>
    public Tensor BroadcastTo(params ReadOnlySpan<int> lengths) => Ops.BroadcastTo.Forward(this, new Shape(lengths));

    /// <summary>Tensors joined along one axis.</summary>
    public static Tensor Concat(ReadOnlySpan<Tensor> tensors, int axis) => Ops.Concat.Forward(tensors, axis);

    /// <summary>Tensors of one shape joined along a new axis.</summary>
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        if (tensors.Length == 0) throw new TensorException("Stack: found no tensors, expected at least one.");
        Tensor[] parts = ArrayPool<Tensor>.Shared.Rent(tensors.Length);
        for (int i = 0; i < tensors.Length; i++)
        {
            if (tensors[i].Shape != tensors[0].Shape) throw new TensorException($"Stack: shapes {tensors[0].Shape} and {tensors[i].Shape} differ.");
            parts[i] = tensors[i].Unsqueeze(axis);
        }

        Tensor stacked = Ops.Concat.Forward(parts.AsSpan(0, tensors.Length), axis);
        ArrayPool<Tensor>.Shared.Return(parts, clearArray: true);
        return stacked;
    }

    /// <summary>Cuts one axis into pieces of the given lengths, which must add up.</summary>
    public Tensor[] Split(int axis, params ReadOnlySpan<int> lengths)
    {
        int total = 0, at = Ops.Axes.Normalize(Shape, axis, "Split");
        foreach (int length in lengths) total += length;
        if (total != Shape[at]) throw new TensorException($"Split: lengths add up to {total}, axis {axis} of {Shape} has {Shape[at]}.");
        var parts = new Tensor[lengths.Length];
        for (int i = 0, start = 0; i < parts.Length; start += lengths[i++]) parts[i] = Slice(axis, start, lengths[i]);
        return parts;
    }

    /// <summary>Slices of one axis at the given indices: <c>[..., axis, ...]</c> becomes <c>[..., ...index shape, ...]</c>.</summary>
    /// <exception cref="TensorException">An index is out of range.</exception>
    public Tensor Gather(int axis, IndexTensor indices) => Ops.Gather.Forward(this, indices, axis);

    /// <summary>Rows of a table, an embedding lookup: <c>[rows, ...]</c> becomes <c>[...index shape, ...]</c>.</summary>
    public Tensor GatherRows(IndexTensor indices) => Ops.Gather.Forward(this, indices, 0);

    /// <summary>Rows added into a table of <paramref name="rows"/> zero rows at the given indices.</summary>
    public Tensor ScatterRows(IndexTensor indices, int rows) => Ops.Scatter.Forward(this, indices, 0, rows);

    /// <summary>One element of the last axis per row: y[i] = x[i, index[i]].</summary>
    public Tensor Pick(IndexTensor indices) => Ops.Pick.Forward(this, indices);

    /// <summary>
    /// Sums a cotangent <c>[tasks, ...]</c> over the axes in which <paramref name="shape"/> had been broadcast, keeping the task axis.
    /// </summary>
    internal Tensor SumToTrailing(in Shape shape)
    {
        Tensor result = this;
        if (result.Shape.Rank == shape.Rank + 1 && result.Shape.Axis[1..].SequenceEqual(shape.Axis)) return result;
        int tasks = Shape[0], extra = Shape.Rank - 1 - shape.Rank;
        if (extra > 0)
        {
            Span<int> axes = stackalloc int[shape.Rank + 2];
            axes[0] = tasks;
            axes[1] = Shape.Product(1, 1 + extra);
            Shape.Axis[(1 + extra)..].CopyTo(axes[2..]);
            result = result.Reshape(axes).Sum(1);
        }

        for (int i = 0; i < shape.Rank; i++)
        {
            if (shape[i] == 1 && result.Shape[i + 1] != 1) result = result.Sum(i + 1, keepAxis: true);
        }

        return result.Reshape(shape.Prepend(tasks));
    }
}
