namespace Polymath.Learning.Training;

/// <summary>
/// What a step of <see cref="FlatRegions"/> saw uphill of the parameters; valid only while the observer runs. Position i belongs to task
/// <c>StepRecord.Active[i]</c>.
/// </summary>
/// <example><code>
/// OnStep = (in StepRecord record) =>
/// {
///     if (!record.Flat.IsEmpty) Console.WriteLine(record.Flat.Sharpness(0));
/// }
/// </code></example>
public readonly ref struct FlatReport
{
    /// <summary>Whether there is nothing to report: the step did not look uphill.</summary>
    public bool IsEmpty => Losses.IsEmpty;

    /// <summary>[K'] the losses L_i(w).</summary>
    public required ReadOnlySpan<float> Losses { get; init; }

    /// <summary>[K'] the losses L_i(w + e_i).</summary>
    public required ReadOnlySpan<float> PerturbedLosses { get; init; }

    /// <summary>[K'] the norms of the shared gradients, ||g_i||.</summary>
    public required ReadOnlySpan<double> GradientNorms { get; init; }

    /// <summary>[K'] the norms of the flat gradients, ||f_i||.</summary>
    public required ReadOnlySpan<double> FlatNorms { get; init; }

    /// <summary>[K'] cosine between the gradient and the flat gradient of the same task; NaN where one of them is zero.</summary>
    public required ReadOnlySpan<double> TaskCosines { get; init; }

    /// <summary>[K', K'] inner products of the gradients g.</summary>
    public required ReadOnlySpan<double> GradientGramian { get; init; }

    /// <summary>[K', K'] inner products of the flat gradients f; empty when they are not kept side by side (<see cref="FlatSplit.Direct"/>, rules on losses).</summary>
    public required ReadOnlySpan<double> FlatGramian { get; init; }

    /// <summary>L_i(w + e_i) - L_i(w).</summary>
    /// <param name="position">Position among the active tasks.</param>
    public double Sharpness(int position) => (double)PerturbedLosses[position] - Losses[position];

    /// <summary>Cosine between the gradients of two tasks; NaN where one of them is zero.</summary>
    /// <param name="first">Position among the active tasks.</param>
    /// <param name="second">Position among the active tasks.</param>
    public double GradientCosine(int first, int second) => Cosine(GradientGramian, first, second);

    /// <summary>Cosine between the flat gradients of two tasks; NaN where one of them is zero or <see cref="FlatGramian"/> is empty.</summary>
    /// <param name="first">Position among the active tasks.</param>
    /// <param name="second">Position among the active tasks.</param>
    public double FlatCosine(int first, int second) => Cosine(FlatGramian, first, second);

    private double Cosine(ReadOnlySpan<double> gramian, int first, int second)
    {
        int n = Losses.Length;
        if (gramian.IsEmpty) return double.NaN;
        double norm = Math.Sqrt(gramian[(first * n) + first]) * Math.Sqrt(gramian[(second * n) + second]);
        return norm > 0 ? Math.Clamp(gramian[(first * n) + second] / norm, -1, 1) : double.NaN;
    }
}
