using System.Numerics.Tensors;

namespace Polymath.Tensors.Ops;

/// <summary>y = sin x; y' = cos x.</summary>
internal sealed unsafe class Sin : UnaryOp
{
    public static readonly Sin Rule = new();

    public override string Name => "Sin";

    protected override void Compute(float* x, float* y, int length, float parameter) => TensorPrimitives.Sin(new ReadOnlySpan<float>(x, length), new Span<float>(y, length));

    protected override Tensor Derivative(in Vjp vjp) => vjp.Input(0).Cos();
}
