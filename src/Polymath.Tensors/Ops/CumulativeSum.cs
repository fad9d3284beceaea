using System.Numerics.Tensors;

namespace Polymath.Tensors.Ops;

/// <summary>y[i] = sum of x[j] over j &lt;= i along one axis (j >= i in reverse); dx is the cumulative sum of g the other way.</summary>
internal sealed class CumulativeSum : Op
{
    public static readonly CumulativeSum Rule = new();

    public override string Name => "CumulativeSum";

    public static Tensor Forward(Tensor input, int axis, bool reverse)
    {
        Node x = input.Node;
        int at = Axes.Normalize(x.Shape, axis, "CumulativeSum"), length = x.Shape[at], inner = x.Shape.Product(at + 1, x.Shape.Rank);
        Node y = Tensor.Allocate(x.Shape);
        for (int block = 0; block < x.Shape.Length; block += length * inner)
        {
            ReadOnlySpan<float> from = x.Span.Slice(block, length * inner);
            Span<float> to = y.Span.Slice(block, length * inner);
            int row = reverse ? (length - 1) * inner : 0, step = reverse ? -inner : inner;
            from.Slice(row, inner).CopyTo(to.Slice(row, inner));
            for (int i = 1; i < length; i++, row += step) TensorPrimitives.Add(to.Slice(row, inner), from.Slice(row + step, inner), to.Slice(row + step, inner));
        }

        y.A = at;
        y.Flag = reverse;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, Forward(vjp.Gradient, vjp.Node.A + 1, !vjp.Node.Flag));
}
