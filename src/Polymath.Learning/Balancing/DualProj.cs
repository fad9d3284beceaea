using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Projects the preference-weighted mean of the task gradients onto the cone of directions that conflict with no task
/// (Lopez-Paz and Ranzato, "Gradient Episodic Memory for Continual Learning", NeurIPS 2017, section 3).
/// </summary>
/// <remarks>
/// R = A / trace(A) + reg_eps I (A replaced by 0 when trace(A) &lt; norm_eps); w = argmin v^T R v subject to v >= p; the update is w^T G, of the
/// scale of the mean. One quadratic program where <see cref="UPGrad"/> solves K: cheaper, but a task with a small gradient hardly counts.
/// <para>Parameters: pref = 1/K (p, per task of the full list, at least 0), norm_eps = 1e-4 and reg_eps = 1e-4, relative = false: as in <see cref="UPGrad"/>,
/// norm_eps is ABSOLUTE unless relative = true.</para>
/// <para>Reference: TorchJD@46962c2 aggregation/_dualproj.py. Differs in the QP solver only: an active set in float64 instead of quadprog.
/// When tasks are absent, p is restricted to those present.</para>
/// </remarks>
/// <example><code>var balancer = new DualProj(pref: [0.2, 0.8]);</code></example>
public sealed class DualProj : ConeProjection
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "dualproj",
        "Projection of the mean onto the dual cone",
        BalancerNeeds.Gramian,
        "Lopez-Paz, Ranzato: Gradient Episodic Memory for Continual Learning, NeurIPS 2017",
        Parameters,
        arguments => new DualProj(arguments.Vector("pref"), arguments.Number("norm_eps"), arguments.Number("reg_eps"), arguments.Flag("relative")));

    /// <summary>DualProj.</summary>
    /// <param name="pref">Preference of each task of the full list; null for 1/K' each.</param>
    /// <param name="normEps">Trace below which gradients count as zero.</param>
    /// <param name="regEps">Multiple of the identity added to the normalised Gramian.</param>
    /// <param name="relative">Whether to ignore <paramref name="normEps"/>.</param>
    public DualProj(IReadOnlyList<double>? pref = null, double normEps = DefaultEpsilon, double regEps = DefaultEpsilon, bool relative = false)
        : base(Descriptor, pref, normEps, regEps, relative)
    {
    }

    /// <summary>The rule: weights of the rows from their Gramian.</summary>
    /// <param name="gramian">[K, K].</param>
    /// <param name="preference">[K].</param>
    /// <param name="normEps">Absolute threshold on the trace.</param>
    /// <param name="regEps">Multiple of the identity.</param>
    /// <param name="weights">[K], overwritten.</param>
    /// <param name="solver">A solver to reuse, with capacity >= K; a fresh one when null.</param>
    /// <returns><see cref="BalanceStatus.Degenerate"/> when the gradients count as zero or rounding stopped the solver.</returns>
    public static BalanceStatus Weights(ReadOnlySpan<double> gramian, ReadOnlySpan<double> preference, double normEps, double regEps, Span<double> weights, NonNegativeQuadratic? solver = null)
    {
        int n = weights.Length;
        solver ??= new NonNegativeQuadratic(n);
        bool zero = !Load(gramian, n, normEps, regEps, solver);
        QuadraticOutcome outcome = solver.MinimizeAbove(preference, weights);
        return zero || outcome != QuadraticOutcome.Solved ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    private protected override BalanceStatus Project(ReadOnlySpan<double> gramian, ReadOnlySpan<double> preference, double normEps, Span<double> weights, NonNegativeQuadratic solver)
        => Weights(gramian, preference, normEps, RegEps, weights, solver);
}
