using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = |x|; y' = sign x, 0 at 0.</summary>
internal sealed unsafe class Abs : UnaryOp
{
    public static readonly Abs Rule = new();

    public override string Name => "Abs";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Abs(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => vjp.Input(0).GreaterThan(0f) - vjp.Input(0).LessThan(0f);
}
