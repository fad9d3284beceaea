namespace Polymath.Tensors.Ops;

/// <summary>y = ln sum exp x over the last axis; dx = g exp(x - y).</summary>
internal sealed unsafe class LogSumExp : Op
{
    public static readonly LogSumExp Rule = new();

    public override string Name => "LogSumExp";

    public static Tensor Forward(Tensor input)
    {
        Node x = input.Node, y = Tensor.Allocate(x.Shape.With(-1, 1));
        if (y.Shape.Length > 0) Kernels.Rows.LogSumExp(x.Pointer, y.Pointer, y.Shape.Length, x.Shape[-1]);
        return Tensor.Record(Rule, y, x);
    }

    public override void Backward(in Vjp vjp) => vjp.Give(0, vjp.Gradient * (vjp.Input(0) - vjp.Output).Exp());
}
