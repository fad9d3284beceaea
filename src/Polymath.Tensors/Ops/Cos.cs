using System.Numerics.Tensors;

namespace Polymath.Tensors.Ops;

/// <summary>y = cos x; y' = -sin x.</summary>
internal sealed unsafe class Cos : UnaryOp
{
    public static readonly Cos Rule = new();

    public override string Name => "Cos";

    protected override void Compute(float* x, float* y, int length, float parameter) => TensorPrimitives.Cos(new ReadOnlySpan<float>(x, length), new Span<float>(y, length));

    protected override Tensor Derivative(in Vjp vjp) => -vjp.Input(0).Sin();
}
