namespace Polymath.Tensors.Ops;

/// <summary>y = a / b; da = g / b, db = -g y / b.</summary>
internal sealed class Divide : Op
{
    public static readonly Divide Rule = new();

    public override string Name => "Divide";

    public override void Backward(in Vjp vjp)
    {
        Tensor scaled = vjp.Gradient / vjp.Input(1);
        if (vjp.Needs(0)) vjp.Give(0, scaled);
        if (vjp.Needs(1)) vjp.Give(1, -(scaled * vjp.Output));
    }
}
