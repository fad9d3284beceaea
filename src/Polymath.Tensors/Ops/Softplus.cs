using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = ln(1 + exp x); y' = sigmoid x.</summary>
internal sealed unsafe class Softplus : FusedUnaryOp
{
    public static readonly Softplus Rule = new();

    public override string Name => "Softplus";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Softplus(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => vjp.Input(0).Sigmoid();

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.SoftplusBackward(x, g, dx, length, period);
}
