namespace Polymath.Tensors.Ops;

/// <summary>y = a - b; da = g, db = -g.</summary>
internal sealed class Subtract : Op
{
    public static readonly Subtract Rule = new();

    public override string Name => "Subtract";

    public override void Backward(in Vjp vjp)
    {
        if (vjp.Needs(0)) vjp.Give(0, vjp.Gradient);
        if (vjp.Needs(1)) vjp.Give(1, -vjp.Gradient);
    }
}
