namespace Polymath.Merging.Statistics;

/// <summary>Options of <see cref="FisherMerging"/>.</summary>
public sealed record FisherOptions
{
    /// <summary>A weight per model, not all zero; null for equal weights.</summary>
    public IReadOnlyList<double>? Coefficients { get; init; }

    /// <summary>Whether each model's Fisher values are divided by their Euclidean norm over all tensors, so that no model dominates by the scale of its loss.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Added to every Fisher value, above 0: elements that no model finds important become the weighted mean.</summary>
    public double MinimalWeight { get; init; } = 1e-6;
}
