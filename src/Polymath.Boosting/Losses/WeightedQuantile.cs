namespace Polymath.Boosting;

/// <summary>
/// A number that makes the pinball loss of some values least: the smallest value with at least a share alpha of the weight up to it.
/// Where the share is met exactly, every number up to the next value is as good, and the middle of them is taken, so that the median of
/// an even number of values is the usual one. A weight of 2 is the same as having the value twice.
/// </summary>
internal static class WeightedQuantile
{
    private const double Tolerance = 1e-12;

    /// <summary>The quantile; 0 without weight. The values and weights are reordered.</summary>
    /// <param name="alpha">Share of the weight below, in (0, 1).</param>
    /// <param name="values">The values.</param>
    /// <param name="weights">A weight of each, or empty for 1.</param>
    public static double Of(double alpha, Span<double> values, Span<float> weights)
    {
        if (weights.IsEmpty) values.Sort();
        else values.Sort(weights);
        double total = weights.IsEmpty ? values.Length : 0, sum = 0;
        foreach (float weight in weights) total += weight;
        if (!(total > 0)) return 0;
        double wanted = alpha * total, slack = Tolerance * total;
        for (int i = 0; i < values.Length; i++)
        {
            sum += weights.IsEmpty ? 1 : weights[i];
            if (sum < wanted - slack) continue;
            int next = i + 1;
            while (next < values.Length && !weights.IsEmpty && weights[next] == 0) next++;
            return sum <= wanted + slack && next < values.Length ? values[i] + ((values[next] - values[i]) / 2) : values[i];
        }

        return values[^1];
    }
}
