namespace Polymath.Learning.Balancing;

/// <summary>How the rule behind one step ended.</summary>
public enum BalanceStatus
{
    /// <summary>The rule's equations were solved.</summary>
    Converged,

    /// <summary>The rule has no solution for these gradients; the weights of the previous step were kept.</summary>
    KeptPrevious,

    /// <summary>Some convex combination of the task gradients vanishes: no direction improves every task.</summary>
    ParetoStationary,

    /// <summary>The input is degenerate (all gradients zero, or rounding stopped the solver); the weights are finite and safe to apply.</summary>
    Degenerate,
}
