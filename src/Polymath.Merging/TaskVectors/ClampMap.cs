using System.Numerics.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>c = clamp(a, low, high). The gradient passes on the closed interval and is blocked outside; momentum can still bring a value back.</summary>
internal sealed class ClampMap(float low, float high) : CoefficientMap
{
    public override void Forward(ReadOnlySpan<float> trained, Span<float> coefficients) => TensorPrimitives.Clamp(trained, low, high, coefficients);

    public override void Pullback(ReadOnlySpan<float> trained, ReadOnlySpan<float> coefficientGradient, Span<float> trainedGradient)
    {
        for (int i = 0; i < trained.Length; i++) trainedGradient[i] = trained[i] >= low && trained[i] <= high ? coefficientGradient[i] : 0f;
    }
}
