namespace Polymath.Learning.Balancing;

/// <summary>
/// The direction with the same cosine to every task gradient, as long as its projections onto them add up to
/// (Liu, Chu and Thuerey, "ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks", ICLR 2025).
/// </summary>
/// <remarks>
/// U has the unit gradients as rows; d = pinv(U) p, u = d / ||d||, update = (sum_k &lt;g_k, u&gt;) u: the cosines with the gradients are in the
/// proportions of p, equal by default, so it conflicts with no task. Since pinv(U) = U^T pinv(C), C = U U^T, the Gramian is enough:
/// y = pinv(C) p and w_k = (sum_j ||g_j|| (C y)_j) / (y^T C y) y_k / ||g_k||. Scaling all gradients leaves the weights.
/// <para>Parameters: pref = 1 (p, per task of the full list, at least 0).</para>
/// <para>Reference: TorchJD@46962c2 aggregation/_config.py. Differs in working on the float64 Gramian. A zero gradient gets the weight 0; when p lies in
/// the null space of C no such direction exists, the weights are zero and the status is ParetoStationary. When tasks are absent, p is
/// restricted to those present.</para>
/// </remarks>
/// <example><code>var balancer = new ConFIG(pref: [1, 2]);</code></example>
public sealed class ConFIG : Balancer
{
    /// <summary>Rows are float32: the reference's pseudo-inverse drops singular values of U below K times this.</summary>
    private const double SingleUnit = 1.0 / (1 << 23);

    /// <summary>Squared lengths of d, as a multiple of what they would be had nothing cancelled, below which there is no direction.</summary>
    private const double CancelledRatio = 1e-12;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "config",
        "Conflict-free inverse gradients",
        BalancerNeeds.Gramian,
        "Liu, Chu, Thuerey: ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks, ICLR 2025",
        [new BalancerParameter("pref", BalancerParameterKind.Vector, string.Empty, "Proportions of the cosines, one per task of the full list; equal when left out.") { Minimum = 0 }],
        arguments => new ConFIG(arguments.Vector("pref")));

    private readonly double[]? _pref;

    /// <summary>ConFIG.</summary>
    /// <param name="pref">Proportions of the cosines; null for equal ones.</param>
    public ConFIG(IReadOnlyList<double>? pref = null)
    {
        foreach (double value in pref ?? []) Descriptor.Parameter("pref").Check(Descriptor.Name, value);
        _pref = pref is null ? null : [.. pref];
    }

    /// <summary>Proportions of the cosines, or null for equal ones.</summary>
    public IReadOnlyList<double>? Pref => _pref;

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Pref);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule: weights of the rows from their Gramian.</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="preference">p, [K].</param>
    /// <param name="weights">[K], overwritten.</param>
    /// <returns><see cref="BalanceStatus.ParetoStationary"/> when no direction has such cosines, <see cref="BalanceStatus.Degenerate"/> when the rows are dependent or zero.</returns>
    public static BalanceStatus Weights(ReadOnlySpan<double> gramian, ReadOnlySpan<double> preference, Span<double> weights)
    {
        int n = weights.Length;
        Span<double> cosines = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        Span<double> norms = n <= 64 ? stackalloc double[n] : new double[n];
        int zeros = UnitGramian.Compute(gramian, cosines, norms);
        if (zeros == n)
        {
            weights.Clear();
            return BalanceStatus.Degenerate;
        }

        double cut = n * SingleUnit;
        int rank = UnitGramian.PseudoSolve(cosines, preference, cut * cut, weights);
        double projections = 0, squaredLength = 0, possible = 0;
        for (int i = 0; i < n; i++)
        {
            double product = 0;
            for (int j = 0; j < n; j++) product += cosines[(i * n) + j] * weights[j];
            projections += norms[i] * product;
            squaredLength += weights[i] * product;
            possible += norms[i] == 0 ? 0 : preference[i] * preference[i];
        }

        // y^T C y is at least ||p||^2 / K over the range of C; far below that only rounding is left of p.
        if (!(squaredLength > CancelledRatio * possible))
        {
            weights.Clear();
            return possible > 0 ? BalanceStatus.ParetoStationary : BalanceStatus.Degenerate;
        }

        for (int i = 0; i < n; i++) weights[i] = norms[i] == 0 ? 0 : projections / squaredLength * weights[i] / norms[i];
        return rank < n ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Span<double> preference = weights.Length <= 64 ? stackalloc double[weights.Length] : new double[weights.Length];
        TaskPreference.Fill(Name, _pref, input, 1, preference);
        return Weights(input.Gramian, preference, weights);
    }
}
