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
public sealed class DualProj : Balancer
{
    private const double DefaultEpsilon = 1e-4;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "dualproj",
        "Projection of the mean onto the dual cone",
        BalancerNeeds.Gramian,
        "Lopez-Paz, Ranzato: Gradient Episodic Memory for Continual Learning, NeurIPS 2017",
        [
            new BalancerParameter("pref", BalancerParameterKind.Vector, string.Empty, "Preference of each task of the full list; 1/K each when left out.") { Minimum = 0 },
            new BalancerParameter("norm_eps", BalancerParameterKind.Number, "1e-4", "Below this trace of the Gramian the gradients count as zero (ignored when relative).") { Minimum = 0 },
            new BalancerParameter("reg_eps", BalancerParameterKind.Number, "1e-4", "Multiple of the identity added to the normalised Gramian.") { Minimum = 0 },
            new BalancerParameter("relative", BalancerParameterKind.Flag, "false", "Normalise however small the gradients are, so that the loss scale does not matter."),
        ],
        arguments => new DualProj(arguments.Vector("pref"), arguments.Number("norm_eps"), arguments.Number("reg_eps"), arguments.Flag("relative")));

    private readonly double[]? _pref;
    private NonNegativeQuadratic? _solver;

    /// <summary>DualProj.</summary>
    /// <param name="pref">Preference of each task of the full list; null for 1/K' each.</param>
    /// <param name="normEps">Trace below which gradients count as zero.</param>
    /// <param name="regEps">Multiple of the identity added to the normalised Gramian.</param>
    /// <param name="relative">Whether to ignore <paramref name="normEps"/>.</param>
    public DualProj(IReadOnlyList<double>? pref = null, double normEps = DefaultEpsilon, double regEps = DefaultEpsilon, bool relative = false)
    {
        foreach (double value in pref ?? []) Descriptor.Parameter("pref").Check(Descriptor.Name, value);
        _pref = pref is null ? null : [.. pref];
        NormEps = Descriptor.Parameter("norm_eps").Check(Descriptor.Name, normEps);
        RegEps = Descriptor.Parameter("reg_eps").Check(Descriptor.Name, regEps);
        Relative = relative;
    }

    /// <summary>Preference of each task, or null for 1/K'.</summary>
    public IReadOnlyList<double>? Pref => _pref;

    /// <summary>Trace below which gradients count as zero.</summary>
    public double NormEps { get; }

    /// <summary>Multiple of the identity added to the normalised Gramian.</summary>
    public double RegEps { get; }

    /// <summary>Whether any non-zero Gramian is normalised.</summary>
    public bool Relative { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Pref, NormEps, RegEps, Relative);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

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
        Span<double> matrix = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        bool zero = !GramianScale.Normalize(gramian, n, normEps, matrix);
        for (int i = 0; i < n; i++) matrix[(i * n) + i] += regEps;
        solver ??= new NonNegativeQuadratic(n);
        solver.Load(matrix, n);
        QuadraticOutcome outcome = solver.MinimizeAbove(preference, weights);
        return zero || outcome != QuadraticOutcome.Solved ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        int n = weights.Length;
        Span<double> preference = n <= 64 ? stackalloc double[n] : new double[n];
        TaskPreference.Fill(Name, _pref, input, 1.0 / n, preference);
        if (_solver is null || _solver.Capacity < n) _solver = new NonNegativeQuadratic(n);
        return Weights(input.Gramian, preference, Relative ? 0 : NormEps, RegEps, weights, _solver);
    }
}
