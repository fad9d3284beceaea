namespace Polymath.Learning.Balancing;

/// <summary>exp(x_k) / sum exp(x): weights on the simplex.</summary>
internal static class Softmax
{
    /// <summary>Writes the softmax of <paramref name="logits"/>; the two may be the same memory.</summary>
    public static void Of(ReadOnlySpan<double> logits, Span<double> weights)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double logit in logits) largest = Math.Max(largest, logit);
        for (int i = 0; i < logits.Length; i++) sum += weights[i] = Math.Exp(logits[i] - largest);
        for (int i = 0; i < logits.Length; i++) weights[i] /= sum;
    }
}
