using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = erf x; y' = 2 / sqrt(pi) exp(-x^2).</summary>
internal sealed unsafe class Erf : FusedUnaryOp
{
    public static readonly Erf Rule = new();

    public override string Name => "Erf";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Erf(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => (vjp.Input(0) * vjp.Input(0) * -1f).Exp() * 1.1283791671f;

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.ErfBackward(x, g, dx, length, period);
}
