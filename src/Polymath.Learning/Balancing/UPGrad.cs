using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Projects each preference-weighted task gradient onto the cone of directions that conflict with no task, and sums the projections
/// (Quinton and Rey, "Jacobian Descent for Multi-Objective Optimization", 2024, arXiv 2406.16232).
/// </summary>
/// <remarks>
/// R = A / trace(A) + reg_eps I (A replaced by 0 when trace(A) &lt; norm_eps); v_i = argmin v^T R v subject to v >= p_i e_i;
/// w = sum_i v_i; the update is w^T G, of the scale of the mean.
/// <para>Parameters: pref = 1/K (p, per task of the full list, at least 0), norm_eps = 1e-4, reg_eps = 1e-4, relative = false. norm_eps is ABSOLUTE as in the references: once
/// trace(A) &lt; 1e-4, late in training or with scaled losses, the rule silently becomes the weighted mean; relative = true
/// normalises any non-zero A instead, which makes the weights independent of the loss scale.</para>
/// <para>References: TorchJD@46962c2 aggregation/_upgrad.py, LibMTL@4336804 weighting/UPGrad.py. Differs in the QP solver only: K problems share
/// one active-set solver with warm starts in float64, instead of K calls of quadprog. When tasks are absent, p is restricted to those present.</para>
/// </remarks>
/// <example><code>var balancer = new UPGrad(pref: [0.2, 0.8]);</code></example>
public sealed class UPGrad : ConeProjection
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "upgrad",
        "Unconflicting projection of gradients",
        BalancerNeeds.Gramian,
        "Quinton, Rey: Jacobian Descent for Multi-Objective Optimization, 2024, arXiv 2406.16232",
        Parameters,
        arguments => new UPGrad(arguments.Vector("pref"), arguments.Number("norm_eps"), arguments.Number("reg_eps"), arguments.Flag("relative")));

    /// <summary>UPGrad.</summary>
    /// <param name="pref">Preference of each task of the full list; null for 1/K' each.</param>
    /// <param name="normEps">Trace below which gradients count as zero.</param>
    /// <param name="regEps">Multiple of the identity added to the normalised Gramian.</param>
    /// <param name="relative">Whether to ignore <paramref name="normEps"/>.</param>
    public UPGrad(IReadOnlyList<double>? pref = null, double normEps = DefaultEpsilon, double regEps = DefaultEpsilon, bool relative = false)
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
        Span<double> lower = n <= 64 ? stackalloc double[n] : new double[n], solution = n <= 64 ? stackalloc double[n] : new double[n];
        solver ??= new NonNegativeQuadratic(n);
        bool zero = !Load(gramian, n, normEps, regEps, solver);

        weights.Clear();
        var status = BalanceStatus.Converged;
        for (int i = 0; i < n; i++)
        {
            lower.Clear();
            lower[i] = preference[i];
            if (solver.MinimizeAbove(lower, solution) != QuadraticOutcome.Solved) status = BalanceStatus.Degenerate;
            for (int k = 0; k < n; k++) weights[k] += solution[k];
        }

        return zero ? BalanceStatus.Degenerate : status;
    }

    private protected override BalanceStatus Project(ReadOnlySpan<double> gramian, ReadOnlySpan<double> preference, double normEps, Span<double> weights, NonNegativeQuadratic solver)
        => Weights(gramian, preference, normEps, RegEps, weights, solver);
}
