using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>What the projections onto the cone of directions that conflict with no task have in common: a preference, and R = A / trace(A) + reg_eps I.</summary>
public abstract class ConeProjection : Balancer
{
    /// <summary>Default of norm_eps and reg_eps.</summary>
    protected const double DefaultEpsilon = 1e-4;

    private readonly BalancerDescriptor _descriptor;
    private readonly double[]? _pref;
    private NonNegativeQuadratic? _solver;
    private double[] _preference = [];

    /// <summary>Checks the parameters by the descriptor.</summary>
    private protected ConeProjection(BalancerDescriptor descriptor, IReadOnlyList<double>? pref, double normEps, double regEps, bool relative)
    {
        _descriptor = descriptor;
        foreach (double value in pref ?? []) descriptor.Parameter("pref").Check(descriptor.Name, value);
        _pref = pref is null ? null : [.. pref];
        NormEps = descriptor.Parameter("norm_eps").Check(descriptor.Name, normEps);
        RegEps = descriptor.Parameter("reg_eps").Check(descriptor.Name, regEps);
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
    public override string Name => _descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => _descriptor.Specify(Pref, NormEps, RegEps, Relative);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => _descriptor.Needs;

    /// <summary>The parameters of a descriptor.</summary>
    private protected static IReadOnlyList<BalancerParameter> Parameters { get; } =
    [
        new BalancerParameter("pref", BalancerParameterKind.Vector, string.Empty, "Preference of each task of the full list; 1/K each when left out.") { Minimum = 0 },
        new BalancerParameter("norm_eps", BalancerParameterKind.Number, "1e-4", "Below this trace of the Gramian the gradients count as zero (ignored when relative).") { Minimum = 0 },
        new BalancerParameter("reg_eps", BalancerParameterKind.Number, "1e-4", "Multiple of the identity added to the normalised Gramian.") { Minimum = 0 },
        new BalancerParameter("relative", BalancerParameterKind.Flag, "false", "Normalise however small the gradients are, so that the loss scale does not matter."),
    ];

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        int n = weights.Length;
        if (_preference.Length != n) _preference = new double[n];
        TaskPreference.Fill(Name, _pref, input, 1.0 / n, _preference);
        if (_solver is null || _solver.Capacity < n) _solver = new NonNegativeQuadratic(n);
        return Project(input.Gramian, _preference, Relative ? 0 : NormEps, weights, _solver);
    }

    /// <summary>The rule.</summary>
    private protected abstract BalanceStatus Project(ReadOnlySpan<double> gramian, ReadOnlySpan<double> preference, double normEps, Span<double> weights, NonNegativeQuadratic solver);

    /// <summary>Gives the solver R.</summary>
    /// <returns>False when the gradients count as zero.</returns>
    private protected static bool Load(ReadOnlySpan<double> gramian, int n, double normEps, double regEps, NonNegativeQuadratic solver)
    {
        Span<double> matrix = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        bool normalized = GramianScale.Normalize(gramian, n, normEps, matrix);
        for (int i = 0; i < n; i++) matrix[(i * n) + i] += regEps;
        solver.Load(matrix, n);
        return normalized;
    }
}
