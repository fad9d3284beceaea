using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// Layer normalisation over the last axis (Ba et al. 2016): y = (x - mean) / sqrt(var + eps) * weight + bias, var biased. Parameters
/// <c>weight</c> (ones) and <c>bias</c> (zeros), <c>[features]</c>.
/// </summary>
/// <example><code>
/// Tensor y = new LayerNorm(2).Forward(Tensor.FromArray([1f, 3f], 1, 2));   // [-1, 1]
/// </code></example>
public sealed class LayerNorm : Module
{
    /// <summary>A normalisation.</summary>
    /// <param name="features">Length of the last axis, at least 1.</param>
    /// <param name="epsilon">Added to the variance, more than 0.</param>
    public LayerNorm(int features, float epsilon = 1e-5f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        Features = features;
        Epsilon = epsilon;
        Weight = Register("weight", Tensor.Ones(features));
        Bias = Register("bias", Tensor.Zeros(features));
    }

    /// <summary>Length of the last axis.</summary>
    public int Features { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Scale, <c>[features]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shift, <c>[features]</c>.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override long FlopsPerRow => 2L * Features;

    /// <summary>Normalises the last axis.</summary>
    /// <param name="input">Shape <c>[..., features]</c>.</param>
    /// <returns>Shape <c>[..., features]</c>.</returns>
    /// <exception cref="TensorException">The last axis is not <see cref="Features"/> long.</exception>
    public Tensor Forward(Tensor input) => Fused.LayerNorm(input, Weight.Value, Bias.Value, Epsilon);
}
