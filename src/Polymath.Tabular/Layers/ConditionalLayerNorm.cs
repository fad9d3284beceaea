using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Layer normalisation whose scale and shift come from outside (Liu et al. 2023): y = (x - mean) / sqrt(var + eps) scale + beta over the last
/// axis, var biased, scale = 1 + gamma or gamma (<see cref="NormScale"/>). It has no parameters of its own.
/// </summary>
/// <example><code>
/// var norm = new ConditionalLayerNorm(2);
/// Tensor y = norm.Forward(Tensor.FromArray([1f, 3f], 1, 2), gamma: Tensor.Ones(2), beta: Tensor.Zeros(2));   // [-2, 2]
/// </code></example>
public sealed class ConditionalLayerNorm : Module
{
    /// <summary>A normalisation.</summary>
    /// <param name="features">Length of the last axis, at least 1.</param>
    /// <param name="scale">How gamma becomes the scale.</param>
    /// <param name="epsilon">Added to the variance, more than 0.</param>
    public ConditionalLayerNorm(int features, NormScale scale = NormScale.OnePlus, float epsilon = 1e-5f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        (Features, Scale, Epsilon) = (features, scale, epsilon);
    }

    /// <summary>Length of the last axis.</summary>
    public int Features { get; }

    /// <summary>How gamma becomes the scale.</summary>
    public NormScale Scale { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    public override long FlopsPerRow => 2L * Features;

    /// <summary>Normalises the last axis.</summary>
    /// <param name="input">Shape <c>[..., features]</c>.</param>
    /// <param name="gamma">Shape <c>[features]</c>.</param>
    /// <param name="beta">Shape <c>[features]</c>.</param>
    /// <returns>Shape <c>[..., features]</c>.</returns>
    /// <exception cref="TensorException">A shape does not fit.</exception>
    public Tensor Forward(Tensor input, Tensor gamma, Tensor beta) => Fused.LayerNorm(input, Scale == NormScale.OnePlus ? gamma + 1f : gamma, beta, Epsilon);
}
