namespace Polymath.Learning.Relevance;

/// <summary>Settings of <see cref="ActiveMultiTaskTrainer"/>.</summary>
public sealed record ActiveMultiTaskOptions
{
    /// <summary>k, the size of the representation; at most the number of sources and of target samples.</summary>
    public int K { get; init; } = 50;

    /// <summary>The sampling strategy.</summary>
    public RelevanceNorm Norm { get; init; } = RelevanceNorm.L1;

    /// <summary>Rounds of sampling, at least 1; 2 to 4 suffice.</summary>
    public int Phases { get; init; } = 2;

    /// <summary>Share of the budget that the first, uniform phase takes, in (0, 1]; 0.1 to 0.5 make sense. Raised to what the minimum per source needs.</summary>
    public double ExplorationFraction { get; init; } = 1.0 / 3;

    /// <summary>Samples to buy from all sources together, or with <see cref="Costs"/> what to spend.</summary>
    public required int Budget { get; init; }

    /// <summary>Samples that every source gets at least; null: max(10, 0.05 Budget / M).</summary>
    public int? NMin { get; init; }

    /// <summary>Penalty of the Lasso, as in <see cref="TaskRelevance.Estimate"/>; null: the automatic rule.</summary>
    public double? Lambda { get; init; }

    /// <summary>Estimates relevance for heads of unit norm and allocates by it: for sources whose labels have different scales.</summary>
    public bool NormalizeHeads { get; init; }

    /// <summary>Whether samples of earlier phases are kept and topped up. Without it every phase learns from fresh samples only, an ablation.</summary>
    public bool Pool { get; init; } = true;

    /// <summary>Whether sources with nu = 0 get nothing more after the first phase. Matters without <see cref="Pool"/>: pooled samples exceed the minimum already.</summary>
    public bool Sparse { get; init; }

    /// <summary>
    /// The nu of the phase before stays in use when the support has changed so much that its Jaccard overlap is below this, in [0, 1]; 0 never
    /// does. A support that jumps shows that the heads are still noise.
    /// </summary>
    public double MinimumOverlap { get; init; }

    /// <summary>Cost of one sample of each source, [M], > 0; 1 each when null.</summary>
    public IReadOnlyList<double>? Costs { get; init; }

    /// <summary>Everything random in the learner follows from it.</summary>
    public ulong Seed { get; init; }
}
