using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = x s, s = sigmoid x; y' = s (1 + x (1 - s)).</summary>
internal sealed unsafe class Silu : FusedUnaryOp
{
    public static readonly Silu Rule = new();

    public override string Name => "Silu";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Silu(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => vjp.Input(0).Sigmoid() * (1f + (vjp.Input(0) * (1f - vjp.Input(0).Sigmoid())));

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.SiluBackward(x, g, dx, length, period);
}
