using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>
/// c = lambda softmax(a), trained values (a_1, ..., a_T, lambda): dL/da_t = lambda s_t (g_t - sum_j s_j g_j), dL/dlambda = sum_t s_t g_t. The
/// gradient of a sums to zero, so a keeps its mean under plain gradient descent.
/// </summary>
internal sealed class SoftmaxScaleMap(float largestScale) : CoefficientMap
{
    private double[] _shares = [];

    public override int TrainedCount(int coefficients) => coefficients + 1;

    public override void Forward(ReadOnlySpan<float> trained, Span<float> coefficients)
    {
        Span<double> shares = Shares(trained);
        for (int t = 0; t < shares.Length; t++) coefficients[t] = (float)(trained[^1] * shares[t]);
    }

    public override void Pullback(ReadOnlySpan<float> trained, ReadOnlySpan<float> coefficientGradient, Span<float> trainedGradient)
    {
        Span<double> shares = Shares(trained);
        double mean = 0;
        for (int t = 0; t < shares.Length; t++) mean += shares[t] * coefficientGradient[t];
        for (int t = 0; t < shares.Length; t++) trainedGradient[t] = (float)(trained[^1] * shares[t] * (coefficientGradient[t] - mean));
        trainedGradient[^1] = (float)mean;
    }

    public override void Project(Span<float> trained) => trained[^1] = Math.Clamp(trained[^1], 0f, largestScale);

    /// <summary>softmax(a).</summary>
    public static double[] Softmax(ReadOnlySpan<float> a)
    {
        double[] shares = new double[a.Length];
        Softmax(a, shares);
        return shares;
    }

    /// <summary>mu sum_t s_t ln s_t and its gradient, mu s_t (ln s_t - sum_j s_j ln s_j).</summary>
    public static double EntropyPenalty(ReadOnlySpan<float> trained, double strength, Span<float> gradient)
    {
        double[] shares = Softmax(trained[..^1]);
        double negentropy = 0;
        foreach (double share in shares) negentropy += share > 0 ? share * Math.Log(share) : 0;
        for (int t = 0; t < shares.Length; t++) gradient[t] += (float)(shares[t] > 0 ? strength * shares[t] * (Math.Log(shares[t]) - negentropy) : 0);
        return strength * negentropy;
    }

    private static void Softmax(ReadOnlySpan<float> a, Span<double> shares)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float value in a) largest = Math.Max(largest, value);
        for (int t = 0; t < shares.Length; t++) sum += shares[t] = Math.Exp(a[t] - largest);
        for (int t = 0; t < shares.Length; t++) shares[t] /= sum;
    }

    private Span<double> Shares(ReadOnlySpan<float> trained)
    {
        if (_shares.Length != trained.Length - 1) _shares = new double[trained.Length - 1];
        Softmax(trained[..^1], _shares);
        return _shares;
    }
}
