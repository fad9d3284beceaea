namespace Polymath.Tensors;

/// <summary>Operations that layers are made of and that deserve one kernel: linear maps, normalisation, dropout.</summary>
public static class Fused
{
    /// <summary>y = x W^T + b over the last axis.</summary>
    /// <param name="input">Shape <c>[..., in]</c>.</param>
    /// <param name="weight">Shape <c>[out, in]</c>.</param>
    /// <param name="bias">Shape <c>[out]</c>, or <c>default</c> for none.</param>
    /// <returns>Shape <c>[..., out]</c>.</returns>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor bias = default) => Ops.Linear.Forward(input, weight, bias);

    /// <summary>Layer normalisation over the last axis (Ba et al. 2016).</summary>
    /// <param name="input">Shape <c>[..., features]</c>.</param>
    /// <param name="gamma">Scale, shape <c>[features]</c>.</param>
    /// <param name="beta">Shift, shape <c>[features]</c>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor LayerNorm(Tensor input, Tensor gamma, Tensor beta, float epsilon = 1e-5f) => Ops.LayerNorm.Forward(input, gamma, beta, epsilon);

    /// <summary>Root-mean-square normalisation over the last axis (Zhang and Sennrich 2019).</summary>
    public static Tensor RmsNorm(Tensor input, Tensor gamma, float epsilon = 1e-5f) => Ops.RmsNorm.Forward(input, gamma, epsilon);

    /// <summary>Batch normalisation with the statistics of this batch (Ioffe and Szegedy 2015).</summary>
    /// <param name="input">Shape <c>[rows, features]</c>, at least two rows.</param>
    /// <param name="gamma">Scale, shape <c>[features]</c>.</param>
    /// <param name="beta">Shift, shape <c>[features]</c>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="batchMean">Receives the mean of each feature.</param>
    /// <param name="batchVariance">Receives the biased variance of each feature.</param>
    public static Tensor BatchNorm(Tensor input, Tensor gamma, Tensor beta, float epsilon, Span<float> batchMean, Span<float> batchVariance)
        => Ops.BatchNorm.Forward(input, gamma, beta, epsilon, batchMean, batchVariance);

    /// <summary>Zeroes elements with probability <paramref name="rate"/> and scales the rest by 1 / (1 - rate) (Srivastava et al. 2014).</summary>
    /// <exception cref="TensorException">The rate is outside [0, 1).</exception>
    public static Tensor Dropout(Tensor input, float rate, RandomStream random)
    {
        if (rate is < 0f or >= 1f || float.IsNaN(rate)) throw new TensorException($"Dropout: found rate {rate}, expected [0, 1).");
        if (rate == 0f) return input;
        Node mask = Tensor.Allocate(input.Shape);
        Span<float> values = mask.Span;
        float kept = 1f / (1f - rate);
        for (int i = 0; i < values.Length; i++) values[i] = random.NextSingle() < rate ? 0f : kept;
        return input * new Tensor(mask);
    }
}
