namespace Polymath.Learning.Relevance;

/// <summary>How much every source task says about the target: the combination of source heads that gives the target's head.</summary>
public sealed record RelevanceEstimate
{
    /// <summary>[M] the vector nu, W nu ~ w_target; may be negative.</summary>
    public required double[] Nu { get; init; }

    /// <summary>[M] what samples are allocated by: <see cref="Nu"/>, or with normalised heads nu_m ||w_m||, the combination of unit heads.</summary>
    public required double[] AllocationNu { get; init; }

    /// <summary>||W nu - w_target||.</summary>
    public required double Residual { get; init; }

    /// <summary>Indices m with nu_m != 0, ascending.</summary>
    public required int[] Support { get; init; }

    /// <summary>||nu||_1.</summary>
    public required double Norm1 { get; init; }

    /// <summary>The lambda of the Lasso, in the units of the (normalised) heads; 0 for equality-constrained forms and uniform sampling.</summary>
    public required double Lambda { get; init; }

    /// <summary>One sentence each about what makes nu doubtful; empty when nothing does.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
