namespace Polymath.Tensors.Ops;

/// <summary>y = max(a, b); the gradient goes to the larger operand and is halved on ties.</summary>
internal sealed class Maximum : Op
{
    public static readonly Maximum Rule = new();

    public override string Name => "Maximum";

    public override void Backward(in Vjp vjp)
    {
        Tensor a = vjp.Input(0).Detach(), b = vjp.Input(1).Detach();
        Tensor tie = a.EqualTo(b) * 0.5f;
        if (vjp.Needs(0)) vjp.Give(0, vjp.Gradient * (a.GreaterThan(b) + tie));
        if (vjp.Needs(1)) vjp.Give(1, vjp.Gradient * (b.GreaterThan(a) + tie));
    }
}
