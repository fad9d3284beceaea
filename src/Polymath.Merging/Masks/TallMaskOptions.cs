namespace Polymath.Merging.Masks;

/// <summary>Settings of <see cref="TallMasks"/>.</summary>
public sealed record TallMaskOptions
{
    /// <summary>lambda for every task, 0 or more: the larger, the fewer weights a task keeps. Null (the default) searches <see cref="LambdaGrid"/> with an evaluator, and takes 0.4 without one.</summary>
    public float? Lambda { get; init; }

    /// <summary>The values that are tried for every task; the first of the best is taken. Default: 0.2, 0.3, 0.4, 0.5, 0.6.</summary>
    public IReadOnlyList<float> LambdaGrid { get; init; } = [0.2f, 0.3f, 0.4f, 0.5f, 0.6f];

    /// <summary>What the masks are cut from. Default: <see cref="MultiTaskVectorRule.Sum"/>.</summary>
    public MultiTaskVectorRule MultiTaskVector { get; init; } = MultiTaskVectorRule.Sum;

    /// <summary>Names of the tasks, in the order of the tuned models; null for "0", "1", ...</summary>
    public IReadOnlyList<string>? TaskNames { get; init; }
}
