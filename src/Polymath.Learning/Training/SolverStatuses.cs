using Polymath.Learning.Balancing;

namespace Polymath.Learning.Training;

/// <summary>In how many steps of an epoch the balancer's rule ended how.</summary>
/// <param name="Converged">Its equations were solved.</param>
/// <param name="KeptPrevious">They had no solution; the weights of the step before were kept.</param>
/// <param name="ParetoStationary">No direction improves every task.</param>
/// <param name="Degenerate">The gradients were degenerate, or rounding stopped the solver.</param>
public sealed record SolverStatuses(long Converged, long KeptPrevious, long ParetoStationary, long Degenerate)
{
    /// <summary>Steps in all.</summary>
    public long Steps => Converged + KeptPrevious + ParetoStationary + Degenerate;

    /// <summary>Counts by <see cref="BalanceStatus"/>.</summary>
    internal static SolverStatuses Of(ReadOnlySpan<long> counts)
        => new(counts[(int)BalanceStatus.Converged], counts[(int)BalanceStatus.KeptPrevious], counts[(int)BalanceStatus.ParetoStationary], counts[(int)BalanceStatus.Degenerate]);
}
