using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// The direction within a ball of radius c ||g0|| around the mean gradient g0 that most improves the worst-off task
/// (Liu et al., "Conflict-Averse Gradient Descent for Multi-task Learning", NeurIPS 2021, algorithm 1).
/// </summary>
/// <remarks>
/// c' = c sqrt(mean(A) + 1e-8) + 1e-8; w = argmin over the simplex of w^T A 1/K + c' sqrt(w^T A w + 1e-8); g_w = w^T G; update =
/// (g0 + c' g_w / (||g_w|| + 1e-8)) / (1, 1 + c^2 or 1 + c). On the rows that is the weight 1/K + c' w_k / (||g_w|| + 1e-8), divided likewise.
/// <para>Parameters: c = 0.5 (papers: 0.2 to 0.8; 0 is the mean gradient), rescale = 1 (0: 1, 1: 1 + c^2, 2: 1 + c), form = libmtl, norm_eps = 1e-4 (torchjd form only, ABSOLUTE: below
/// this trace the update is zero).</para>
/// <para>References: Cranial-XIX/CAGrad@dc3d481, LibMTL@4336804 weighting/CAGrad.py (form = libmtl) and TorchJD@46962c2 aggregation/_cagrad.py (form = torchjd: A / trace(A), no
/// 1e-8, no rescale, zero when ||g_w|| &lt; norm_eps). Differs in solving the dual exactly: the official SLSQP stops up to 86 % off when task scales differ.</para>
/// </remarks>
/// <example><code>var balancer = new CAGrad(c: 0.4);</code></example>
public sealed class CAGrad : Balancer
{
    private const double DefaultRadius = 0.5, DefaultNormEpsilon = 1e-4, Smoothing = 1e-8;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "cagrad",
        "Conflict-averse gradient descent",
        BalancerNeeds.Gramian,
        "Liu, Liu, Jin, Stone, Liu: Conflict-Averse Gradient Descent for Multi-task Learning, NeurIPS 2021",
        [
            new BalancerParameter("c", BalancerParameterKind.Number, "0.5", "Radius of the ball around the mean gradient, as a multiple of its norm.") { Minimum = 0 },
            new BalancerParameter("rescale", BalancerParameterKind.Choice, "1", "Divide by 1 (0), 1 + c^2 (1) or 1 + c (2); libmtl form only.") { Choices = ["0", "1", "2"] },
            new BalancerParameter("form", BalancerParameterKind.Choice, "libmtl", "Whose constants to use.") { Choices = ["libmtl", "torchjd"] },
            new BalancerParameter("norm_eps", BalancerParameterKind.Number, "1e-4", "Trace and norm below which the torchjd form returns zero.") { Minimum = 0 },
        ],
        arguments => new CAGrad(arguments.Number("c"), (CAGradRescale)arguments.Choice("rescale"), (CAGradForm)arguments.Choice("form"), arguments.Number("norm_eps")));

    private NonNegativeQuadratic? _solver;

    /// <summary>CAGrad.</summary>
    /// <param name="c">Radius as a multiple of the mean gradient's norm, at least 0.</param>
    /// <param name="rescale">What the update is divided by (<see cref="CAGradForm.LibMtl"/> only).</param>
    /// <param name="form">Whose constants to use.</param>
    /// <param name="normEps">Threshold of the <see cref="CAGradForm.TorchJD"/> form.</param>
    public CAGrad(double c = DefaultRadius, CAGradRescale rescale = CAGradRescale.OnePlusCSquared, CAGradForm form = CAGradForm.LibMtl, double normEps = DefaultNormEpsilon)
    {
        C = Descriptor.Parameter("c").Check(Descriptor.Name, c);
        if (!Enum.IsDefined(rescale)) throw Descriptor.Parameter("rescale").Invalid(Descriptor.Name, rescale.ToString());
        if (!Enum.IsDefined(form)) throw Descriptor.Parameter("form").Invalid(Descriptor.Name, form.ToString());
        Rescale = rescale;
        Form = form;
        NormEps = Descriptor.Parameter("norm_eps").Check(Descriptor.Name, normEps);
    }

    /// <summary>Radius as a multiple of the mean gradient's norm.</summary>
    public double C { get; }

    /// <summary>What the update is divided by.</summary>
    public CAGradRescale Rescale { get; }

    /// <summary>Whose constants are used.</summary>
    public CAGradForm Form { get; }

    /// <summary>Threshold of the TorchJD form.</summary>
    public double NormEps { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(C, Rescale, Form, NormEps);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule with LibMTL's constants.</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="c">Radius.</param>
    /// <param name="rescale">What the update is divided by.</param>
    /// <param name="dual">[K] w on the simplex, what LibMTL reports.</param>
    /// <param name="weights">[K] weights of the rows; the update is weights^T G.</param>
    /// <param name="solver">A solver to reuse, with capacity >= K; a fresh one when null.</param>
    public static BalanceStatus LibMtlWeights(ReadOnlySpan<double> gramian, double c, CAGradRescale rescale, Span<double> dual, Span<double> weights, NonNegativeQuadratic? solver = null)
    {
        int n = weights.Length;
        double mean = 0, scale = GramianScale.Trace(gramian, n) / n;
        foreach (double value in gramian) mean += value / (n * n);
        double divisor = rescale switch { CAGradRescale.None => 1, CAGradRescale.OnePlusCSquared => 1 + (c * c), _ => 1 + c };
        dual.Fill(1.0 / n);
        weights.Fill(1.0 / n / divisor);
        if (!(scale > 0)) return BalanceStatus.Degenerate;

        // Dividing A by its mean diagonal divides the objective by it: r by its root, e by itself.
        double radius = (c * Math.Sqrt(Math.Max(mean, 0) + Smoothing)) + Smoothing;
        Span<double> scaled = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = gramian[i] / scale;
        (double norm, bool stationary) = CAGradDual.Solve(scaled, radius / Math.Sqrt(scale), Smoothing / scale, dual, solver ?? new NonNegativeQuadratic(n));
        double multiplier = radius / ((norm * Math.Sqrt(scale)) + Smoothing);
        for (int i = 0; i < n; i++) weights[i] = ((1.0 / n) + (multiplier * dual[i])) / divisor;
        return stationary ? BalanceStatus.ParetoStationary : BalanceStatus.Converged;
    }

    /// <summary>The rule with TorchJD's constants.</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="c">Radius.</param>
    /// <param name="normEps">Trace, and norm after normalisation, below which the weights are zero.</param>
    /// <param name="dual">[K] w on the simplex.</param>
    /// <param name="weights">[K] weights of the rows.</param>
    /// <param name="solver">A solver to reuse, with capacity >= K; a fresh one when null.</param>
    public static BalanceStatus TorchJDWeights(ReadOnlySpan<double> gramian, double c, double normEps, Span<double> dual, Span<double> weights, NonNegativeQuadratic? solver = null)
    {
        int n = weights.Length;
        dual.Fill(1.0 / n);
        weights.Clear();
        Span<double> scaled = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        if (!GramianScale.Normalize(gramian, n, normEps, scaled)) return BalanceStatus.Degenerate;
        double mean = 0;
        foreach (double value in scaled) mean += value / (n * n);
        double radius = c * Math.Sqrt(Math.Max(mean, 0));
        (double norm, bool stationary) = CAGradDual.Solve(scaled, radius, 0, dual, solver ?? new NonNegativeQuadratic(n));
        if (stationary || norm < normEps || norm == 0) return BalanceStatus.ParetoStationary;
        for (int i = 0; i < n; i++) weights[i] = (1.0 / n) + (radius / norm * dual[i]);
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        int n = weights.Length;
        if (_solver is null || _solver.Capacity < n) _solver = new NonNegativeQuadratic(n);
        Span<double> dual = n <= 64 ? stackalloc double[n] : new double[n];
        return Form == CAGradForm.LibMtl
            ? LibMtlWeights(input.Gramian, C, Rescale, dual, weights, _solver)
            : TorchJDWeights(input.Gramian, C, NormEps, dual, weights, _solver);
    }
}
