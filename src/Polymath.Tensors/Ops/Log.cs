using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = ln x; y' = 1 / x.</summary>
internal sealed unsafe class Log : UnaryOp
{
    public static readonly Log Rule = new();

    public override string Name => "Log";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Log(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => 1f / vjp.Input(0);
}
