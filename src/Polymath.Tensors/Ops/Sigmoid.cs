using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = 1 / (1 + exp(-x)); y' = y (1 - y).</summary>
internal sealed unsafe class Sigmoid : FusedUnaryOp
{
    public static readonly Sigmoid Rule = new();

    public override string Name => "Sigmoid";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Sigmoid(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => vjp.Output * (1f - vjp.Output);

    protected override void FusedBackward(float* x, float* y, float* g, float* dx, int length, int period) => Elementwise.SigmoidBackward(y, g, dx, length, period);
}
