using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>y = sqrt x; y' = 1 / (2 y).</summary>
internal sealed unsafe class Sqrt : UnaryOp
{
    public static readonly Sqrt Rule = new();

    public override string Name => "Sqrt";

    protected override void Compute(float* x, float* y, int length, float parameter) => Elementwise.Sqrt(x, y, length);

    protected override Tensor Derivative(in Vjp vjp) => 0.5f / vjp.Output;
}
