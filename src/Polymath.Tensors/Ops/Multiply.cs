namespace Polymath.Tensors.Ops;

/// <summary>y = a b; da = g b, db = g a.</summary>
internal sealed class Multiply : Op
{
    public static readonly Multiply Rule = new();

    public override string Name => "Multiply";

    public override void Backward(in Vjp vjp)
    {
        if (vjp.Needs(0)) vjp.Give(0, vjp.Gradient * vjp.Input(1));
        if (vjp.Needs(1)) vjp.Give(1, vjp.Gradient * vjp.Input(0));
    }
}
