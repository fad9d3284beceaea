using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = max(x, 0); y' = 1 where x > 0, else 0.</summary>
internal sealed unsafe class Relu : FusedUnaryOp
{
    public static readonly Relu Rule = new();

    public override string Name => "Relu";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Relu(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => vjp.Input(0).GreaterThan(0f);

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.ReluBackward(x, g, dx, length, period);
}
