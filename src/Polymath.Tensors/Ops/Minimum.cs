namespace Polymath.Tensors.Ops;

/// <summary>y = min(a, b); the gradient goes to the smaller operand and is halved on ties.</summary>
internal sealed class Minimum : Op
{
    public static readonly Minimum Rule = new();

    public override string Name => "Minimum";

    public override void Backward(in Vjp vjp)
    {
        Tensor a = vjp.Input(0).Detach(), b = vjp.Input(1).Detach();
        Tensor tie = a.EqualTo(b) * 0.5f;
        if (vjp.Needs(0)) vjp.Give(0, vjp.Gradient * (a.LessThan(b) + tie));
        if (vjp.Needs(1)) vjp.Give(1, vjp.Gradient * (b.LessThan(a) + tie));
    }
}
