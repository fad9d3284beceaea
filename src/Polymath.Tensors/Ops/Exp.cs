using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = exp x; y' = y.</summary>
internal sealed unsafe class Exp : UnaryOp
{
    public static readonly Exp Rule = new();

    public override string Name => "Exp";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Exp(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => vjp.Output;
}
