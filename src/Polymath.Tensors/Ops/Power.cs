using System.Numerics.Tensors;

namespace Polymath.Tensors.Ops;

/// <summary>y = x^p for a number p; y' = p x^(p-1).</summary>
internal sealed unsafe class Power : UnaryOp
{
    public static readonly Power Rule = new();

    public override string Name => "Pow";

    protected override void Compute(float* x, float* y, int length, float parameter)
    {
        var input = new ReadOnlySpan<float>(x, length);
        var output = new Span<float>(y, length);
        if (parameter == 2f) TensorPrimitives.Multiply(input, input, output);
        else if (parameter == 1f) input.CopyTo(output);
        else TensorPrimitives.Pow(input, parameter, output);
    }

    protected override Tensor Derivative(in Vjp vjp)
    {
        float p = vjp.Node.X;
        if (p == 0f) return Tensor.Zeros(vjp.Input(0).Shape);
        return p == 1f ? Tensor.Full(1f, vjp.Input(0).Shape) : vjp.Input(0).Pow(p - 1f) * p;
    }
}
