namespace Polymath.Merging.Masks;

/// <summary>Settings of <see cref="ConsensusMerging"/>.</summary>
public sealed record ConsensusOptions
{
    /// <summary>k: a weight is kept where at least so many tasks keep it, from 0 (all weights: task arithmetic or TIES) to T + 1 (none: the base). Default: 2, which drops what no task or only one uses.</summary>
    public int Agreement { get; init; } = 2;

    /// <summary>alpha. Null (the default) searches <see cref="ScaleGrid"/> with a score, and takes 0.3 without one.</summary>
    public float? Scale { get; init; }

    /// <summary>The values that are tried; the first of the best is taken. Default: 0.1, 0.2, ... 1.0.</summary>
    public IReadOnlyList<float> ScaleGrid { get; init; } = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1f];
}
