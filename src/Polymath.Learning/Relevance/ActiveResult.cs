namespace Polymath.Learning.Relevance;

/// <summary>What <see cref="ActiveMultiTaskTrainer"/> returns.</summary>
public sealed record ActiveResult
{
    /// <summary>The representation of the final phase.</summary>
    public required IRepresentation Representation { get; init; }

    /// <summary>[k] the target's head on it, fitted on all target samples.</summary>
    public required double[] TargetHead { get; init; }

    /// <summary>[k, M] row-major: the sources' heads on it.</summary>
    public required double[] SourceHeads { get; init; }

    /// <summary>One entry a phase.</summary>
    public required IReadOnlyList<ActivePhase> History { get; init; }

    /// <summary>Predicts the target's labels.</summary>
    /// <param name="inputs">[rows, features] row-major.</param>
    /// <returns>[rows].</returns>
    public double[] Predict(ReadOnlySpan<double> inputs)
    {
        int rows = inputs.Length / Representation.InputSize, size = TargetHead.Length;
        double[] features = new double[rows * size], predictions = new double[rows];
        Representation.Transform(inputs, features);
        for (int r = 0; r < rows; r++)
        {
            for (int j = 0; j < size; j++) predictions[r] += features[(r * size) + j] * TargetHead[j];
        }

        return predictions;
    }
}
