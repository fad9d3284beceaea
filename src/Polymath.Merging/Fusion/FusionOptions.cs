namespace Polymath.Merging.Fusion;

/// <summary>Settings of <see cref="CheckpointFusion.DeltaGuided"/>.</summary>
public sealed record FusionOptions
{
    /// <summary>What gets a weight. Default: every tensor.</summary>
    public FusionLevel Level { get; init; }

    /// <summary>How changes become weights. Default: proportional.</summary>
    public FusionWeighting Weighting { get; init; }

    /// <summary>T of the softmax, more than 0. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Whether the change of a tensor is its mean magnitude instead of its Euclidean norm. Default: no.</summary>
    public bool MeanMagnitude { get; init; }
}
