using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>Element-wise operations of two tensors with broadcasting: one forward skeleton, one rule each.</summary>
internal static unsafe class Arithmetic
{
    public static Tensor Apply(Op op, BinaryKind kind, Tensor left, Tensor right)
    {
        Node a = left.Node, b = right.Node;
        Node y = Tensor.Allocate(Shape.Broadcast(a.Shape, b.Shape, op.Name));
        Compute(kind, a, b, y);
        return Tensor.Record(op, y, a, b);
    }

    /// <summary>A result without history, for comparisons.</summary>
    public static Tensor Compare(string name, BinaryKind kind, Tensor left, Tensor right)
    {
        Node a = left.Node, b = right.Node;
        Node y = Tensor.Allocate(Shape.Broadcast(a.Shape, b.Shape, name));
        Compute(kind, a, b, y);
        y.A = (int)kind;
        Tape.Current?.Trace?.Add(Comparison.Rule, y, [a, b]);
        return new Tensor(y);
    }

    private static void Compute(BinaryKind kind, Node a, Node b, Node y)
    {
        if (y.Shape.Length == 0) return;
        Span<int> left = stackalloc int[y.Shape.Rank], right = stackalloc int[y.Shape.Rank];
        BroadcastStrides(a.Shape, left);
        BroadcastStrides(b.Shape, right);
        Broadcast.Binary(kind, y.Shape.Axis, a.Pointer, left, b.Pointer, right, y.Pointer);
    }

    /// <summary>Row-major strides aligned to the trailing axes, 0 where an axis is stretched.</summary>
    internal static void BroadcastStrides(in Shape shape, Span<int> strides)
    {
        int stride = 1, missing = strides.Length - shape.Rank;
        for (int i = strides.Length - 1; i >= 0; i--)
        {
            int length = i < missing ? 1 : shape[i - missing];
            strides[i] = length == 1 ? 0 : stride;
            stride *= length;
        }
    }
}
