namespace Polymath.Learning.Balancing;

/// <summary>
/// The update that maximises the alpha-fair utility of the tasks' gains: alpha = 1 is proportional fairness, larger values approach max-min fairness
/// (Ban and Ji, "Fair Resource Allocation in Multi-Task Learning", ICML 2024).
/// </summary>
/// <remarks>
/// The weights x > 0 solve A x = x^(-1/alpha) element by element. With alpha = 1 that is <see cref="NashMTL"/> without its limit on the norm. Scaling
/// all gradients by s multiplies the weights by s^(-2 alpha / (1 + alpha)). The parameters of single tasks receive their gradient times x_k.
/// <para>Parameters: alpha = 1 (papers: 1, 2, 5, 10).</para>
/// <para>References: OptMN-Lab/fairgrad; LibMTL@4336804 weighting/FairGrad.py. Differs in solving exactly, by damped Newton on a convex potential; the official
/// least-squares solve from 1/K is 20 to 400 % off when the tasks' scales differ. Without a solution, that is with a zero gradient or gradients of which
/// a convex combination vanishes, the weights of the last solve (1/K before the first) are kept and the status is KeptPrevious;
/// the same happens when the iteration does not get there, which takes an alpha outside [0.5, 10] and gradient norms over several decades.</para>
/// </remarks>
/// <example><code>var balancer = new FairGrad(alpha: 2);</code></example>
public sealed class FairGrad : Balancer
{
    private const double DefaultAlpha = 1;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "fairgrad",
        "Fair resource allocation",
        BalancerNeeds.Gramian,
        "Ban, Ji: Fair Resource Allocation in Multi-Task Learning, ICML 2024",
        [new BalancerParameter("alpha", BalancerParameterKind.Number, "1", "Fairness: 1 is proportional, larger values favour the worst-off task.") { Minimum = 0.1, Maximum = 100 }],
        arguments => new FairGrad(arguments.Number("alpha")));

    private readonly FairAllocation _solver = new();
    private double[] _weights = [];

    /// <summary>FairGrad.</summary>
    /// <param name="alpha">Fairness, in [0.1, 100].</param>
    public FairGrad(double alpha = DefaultAlpha) => Alpha = Descriptor.Parameter("alpha").Check(Descriptor.Name, alpha);

    /// <summary>Fairness.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Alpha);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    public override bool WeighsHeads => true;

    /// <summary>The rule: x > 0 with A x = x^(-1/alpha).</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="alpha">Fairness.</param>
    /// <param name="weights">[K], overwritten only when there is a solution.</param>
    /// <returns><see cref="BalanceStatus.KeptPrevious"/> when there is none.</returns>
    public static BalanceStatus Weights(ReadOnlySpan<double> gramian, double alpha, Span<double> weights)
        => new FairAllocation().TrySolve(gramian, alpha, weights) ? BalanceStatus.Converged : BalanceStatus.KeptPrevious;

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_weights.Length == totalTasks) return;
        if (_weights.Length > 0) throw new BalancerException($"{Name}: prepared for {_weights.Length} tasks, found {totalTasks}; call Reset before using it on another model.");
        _weights = new double[totalTasks];
        Array.Fill(_weights, 1.0 / totalTasks);
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Prepare(input.TotalTasks);
        for (int i = 0; i < weights.Length; i++) weights[i] = _weights[input.TaskOf(i)];
        bool solved = _solver.TrySolve(input.Gramian, Alpha, weights);
        for (int i = 0; i < weights.Length; i++) _weights[input.TaskOf(i)] = weights[i];
        return solved ? BalanceStatus.Converged : BalanceStatus.KeptPrevious;
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_weights.Length > 0) state.Set("weights", _weights);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        if (!state.Doubles.ContainsKey("weights")) return;
        ReadOnlySpan<double> saved = state.GetDoubles("weights");
        Prepare(saved.Length);
        saved.CopyTo(_weights);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _weights = [];
    }
}
