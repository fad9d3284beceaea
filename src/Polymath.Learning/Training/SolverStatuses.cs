using Polymath.Learning.Balancing;
using Polymath.Learning.Reporting;

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

    /// <summary>The sum over epochs.</summary>
    /// <param name="epochs">Their counts.</param>
    public static SolverStatuses Total(IEnumerable<SolverStatuses> epochs)
        => epochs.Aggregate(new SolverStatuses(0, 0, 0, 0), (sum, one) => new(sum.Converged + one.Converged, sum.KeptPrevious + one.KeptPrevious, sum.ParetoStationary + one.ParetoStationary, sum.Degenerate + one.Degenerate));

    /// <summary>The counts in words: "solved in all 1,200 steps", or in how many it was not, and why.</summary>
    public override string ToString()
    {
        if (Converged == Steps) return $"solved in all {Numbers.Count(Steps)} steps";
        (long Count, string Why)[] reasons = [(ParetoStationary, "no direction improved every task"), (KeptPrevious, "no solution, the weights before were kept"), (Degenerate, "degenerate gradients")];
        return $"solved in {Numbers.Count(Converged)} of {Numbers.Count(Steps)} steps ({string.Join("; ", reasons.Where(reason => reason.Count > 0).Select(reason => $"{reason.Why} in {Numbers.Count(reason.Count)}"))})";
    }

    /// <summary>Counts by <see cref="BalanceStatus"/>.</summary>
    internal static SolverStatuses Of(ReadOnlySpan<long> counts)
        => new(counts[(int)BalanceStatus.Converged], counts[(int)BalanceStatus.KeptPrevious], counts[(int)BalanceStatus.ParetoStationary], counts[(int)BalanceStatus.Degenerate]);
}
