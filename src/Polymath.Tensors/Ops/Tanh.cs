using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = tanh x; y' = 1 - y^2.</summary>
internal sealed unsafe class Tanh : FusedUnaryOp
{
    public static readonly Tanh Rule = new();

    public override string Name => "Tanh";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Tanh(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => 1f - (vjp.Output * vjp.Output);

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.TanhBackward(y, g, dx, length, period);
}
