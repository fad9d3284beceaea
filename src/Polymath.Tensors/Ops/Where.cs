namespace Polymath.Tensors.Ops;

/// <summary>y = a where mask is 1, b where it is 0; the gradient follows the choice.</summary>
internal sealed class Where : Op
{
    public static readonly Where Rule = new();

    public override string Name => "Where";

    public static Tensor Forward(Tensor mask, Tensor a, Tensor b)
    {
        // NaN and infinity on the side not chosen must not leak, so the choice is a selection and not mask * a + (1 - mask) * b.
        Shape shape = Shape.Broadcast(Shape.Broadcast(mask.Shape, a.Shape, "Where"), b.Shape, "Where");
        Tensor m = mask.Detach().BroadcastTo(shape), x = a.BroadcastTo(shape), z = b.BroadcastTo(shape);
        Node y = Tensor.Allocate(shape);
        ReadOnlySpan<float> choose = m.Span, left = x.Span, right = z.Span;
        Span<float> values = y.Span;
        for (int i = 0; i < values.Length; i++) values[i] = choose[i] != 0f ? left[i] : right[i];
        y.Saved[0] = m.Node;
        return Tensor.Record(Rule, y, x.Node, z.Node);
    }

    public override void Backward(in Vjp vjp)
    {
        Tensor mask = vjp.Saved(0);
        if (vjp.Needs(0)) vjp.Give(0, vjp.Gradient * mask);
        if (vjp.Needs(1)) vjp.Give(1, vjp.Gradient * (1f - mask));
    }
}
