namespace Polymath.Learning.Relevance;

/// <summary>What one phase of sampling bought and what was learned from it.</summary>
public sealed record ActivePhase
{
    /// <summary>[M] samples of each source that the phase's representation was learned from.</summary>
    public required IReadOnlyList<int> Allocation { get; init; }

    /// <summary>[M] samples that the phase asked the oracle for.</summary>
    public required IReadOnlyList<int> Drawn { get; init; }

    /// <summary>[M] relevance estimated at the end of the phase.</summary>
    public required IReadOnlyList<double> Nu { get; init; }

    /// <summary>Residual, support, lambda and warnings of that estimate.</summary>
    public required RelevanceEstimate Estimate { get; init; }

    /// <summary>Leave-one-out mean squared error of the target's head on the phase's representation, by the closed form.</summary>
    public required double TargetError { get; init; }

    /// <summary>Jaccard overlap |S n S'| / |S u S'| of the supports of this phase and the one before, in [0, 1]; null in the first.</summary>
    public required double? SupportOverlap { get; init; }
}
