using System.Numerics.Tensors;

namespace Polymath.Tensors.Ops;

/// <summary>y = min(max(x, low), high); y' = 1 where low &lt;= x &lt;= high, else 0.</summary>
internal sealed class Clamp : Op
{
    public static readonly Clamp Rule = new();

    public override string Name => "Clamp";

    public static Tensor Forward(Tensor input, float low, float high)
    {
        if (!(low <= high)) throw new TensorException($"Clamp: found low {low} above high {high}.");
        Node x = input.Node, y = Tensor.Allocate(x.Shape);
        TensorPrimitives.Max(x.Span, low, y.Span);
        TensorPrimitives.Min(y.Span, high, y.Span);
        y.X = low;
        y.Y = high;
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, vjp.Gradient * vjp.Output.EqualTo(vjp.Input(0)));
}
