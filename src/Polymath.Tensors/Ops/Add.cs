namespace Polymath.Tensors.Ops;

/// <summary>y = a + b; da = g, db = g.</summary>
internal sealed class Add : Op
{
    public static readonly Add Rule = new();

    public override string Name => "Add";

    public override void Backward(in Vjp vjp)
    {
        if (vjp.Needs(0)) vjp.Give(0, vjp.Gradient);
        if (vjp.Needs(1)) vjp.Give(1, vjp.Gradient);
    }
}
