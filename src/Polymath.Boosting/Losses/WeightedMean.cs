namespace Polymath.Boosting;

/// <summary>The mean of observed labels.</summary>
internal static class WeightedMean
{
    /// <summary>Sum of weight times label over sum of weights; NaN labels are passed over, and 0 when nothing is left.</summary>
    public static double Of(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double sum = 0, total = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            if (float.IsNaN(labels[row])) continue;
            double weight = weights.IsEmpty ? 1 : weights[row];
            sum += weight * labels[row];
            total += weight;
        }

        return total > 0 ? sum / total : 0;
    }
}
