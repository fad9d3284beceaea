using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>H(p) = -sum_c p_c ln p_c of softmax predictions, in nats: 0 for a sure prediction, ln C for a uniform one.</summary>
/// <example><code>
/// Tensor loss = PredictionEntropy.Mean(logits);   // differentiable
/// </code></example>
public static class PredictionEntropy
{
    private const float Shift = 1e-8f;

    /// <summary>The mean entropy of a batch.</summary>
    /// <param name="logits">Shape <c>[rows, classes]</c>.</param>
    /// <param name="form">How the logarithm is taken.</param>
    /// <returns>One element.</returns>
    public static Tensor Mean(Tensor logits, EntropyForm form = EntropyForm.LogSoftmax)
    {
        Tensor p = logits.Softmax();
        Tensor log = form == EntropyForm.LogSoftmax ? logits.LogSoftmax() : (p + Shift).Log();
        return (p * log).Sum() * (-1f / logits.Shape[0]);
    }
}
