namespace Polymath.Boosting;

/// <summary>The labels that are there.</summary>
internal static class ObservedLabels
{
    /// <summary>What a refit makes of them: the constant score of least loss.</summary>
    public static double Fit(LeafRefit refit, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double[] observed = new double[labels.Length];
        float[] own = new float[weights.Length];
        int count = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            if (float.IsNaN(labels[row])) continue;
            observed[count] = labels[row];
            if (own.Length > 0) own[count] = weights[row];
            count++;
        }

        return refit(observed.AsSpan(0, count), own.Length == 0 ? default : own.AsSpan(0, count));
    }
}
