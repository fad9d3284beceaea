using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// Root-mean-square normalisation over the last axis (Zhang and Sennrich 2019): y = x / sqrt(mean(x^2) + eps) * weight. Parameter
/// <c>weight</c> (ones), <c>[features]</c>.
/// </summary>
/// <example><code>
/// Tensor y = new RmsNorm(2).Forward(Tensor.FromArray([3f, 4f], 1, 2));   // [3, 4] / sqrt(12.5)
/// </code></example>
public sealed class RmsNorm : Module
{
    /// <summary>A normalisation.</summary>
    /// <param name="features">Length of the last axis, at least 1.</param>
    /// <param name="epsilon">Added to the mean square, more than 0.</param>
    public RmsNorm(int features, float epsilon = 1e-5f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        Features = features;
        Epsilon = epsilon;
        Weight = Register("weight", Tensor.Ones(features));
    }

    /// <summary>Length of the last axis.</summary>
    public int Features { get; }

    /// <summary>Added to the mean square.</summary>
    public float Epsilon { get; }

    /// <summary>Scale, <c>[features]</c>.</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    public override long FlopsPerRow => 2L * Features;

    /// <summary>Normalises the last axis.</summary>
    /// <param name="input">Shape <c>[..., features]</c>.</param>
    /// <returns>Shape <c>[..., features]</c>.</returns>
    /// <exception cref="TensorException">The last axis is not <see cref="Features"/> long.</exception>
    public Tensor Forward(Tensor input) => Fused.RmsNorm(input, Weight.Value, Epsilon);
}
