namespace Polymath.Learning.Balancing;

/// <summary>
/// The Nash bargaining solution: the update that maximises the product of the tasks' gains (Navon et al., "Multi-Task Learning as a Bargaining Game", ICML 2022).
/// </summary>
/// <remarks>
/// The weights a > 0 solve A a = 1/a element by element, so a_k &lt;g_k, update> = 1 for every task; for two tasks
/// a_k = 1 / (||g_k|| sqrt(1 + cos)). Scaling one gradient by s divides its weight by s and leaves the update. The update of the shared parameters
/// is then shortened to max_norm where it is longer; the parameters of single tasks receive their gradient times the unshortened a_k.
/// <para>Parameters: update_weights_every = 1 (steps between solves; the weights are kept in between), max_norm = 1 (0: no limit).</para>
/// <para>References: AvivNavon/nash-mtl; LibMTL@4336804 weighting/Nash_MTL.py, TorchJD@46962c2 aggregation/_nash_mtl.py. Differs in solving exactly, by damped Newton on the
/// convex potential 1/2 a^T A a - sum_k log a_k, instead of at most 20 (optim_niter) subproblems of a general convex solver, which fail
/// or stop early when scales differ. Without a solution, that is with a zero gradient or gradients of which a convex combination vanishes, the weights of
/// the last solve (1 before the first) are kept and the status is KeptPrevious. The inner products are computed in the steps between solves too.</para>
/// </remarks>
/// <example><code>var balancer = new NashMTL(updateWeightsEvery: 10);</code></example>
public sealed class NashMTL : Balancer
{
    private const int DefaultInterval = 1;
    private const double DefaultNorm = 1;

    /// <summary>What the references add to a norm before they divide by it.</summary>
    private const double Smoothing = 1e-6;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "nash",
        "Nash-MTL, the bargaining solution",
        BalancerNeeds.Gramian,
        "Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik, Fetaya: Multi-Task Learning as a Bargaining Game, ICML 2022",
        [
            new BalancerParameter("update_weights_every", BalancerParameterKind.Integer, "1", "Steps from one solve to the next; the weights are kept in between.") { Minimum = 1, Maximum = 1_000_000 },
            new BalancerParameter("max_norm", BalancerParameterKind.Number, "1", "Longest update of the shared parameters; 0 sets no limit.") { Minimum = 0 },
        ],
        arguments => new NashMTL(arguments.Integer("update_weights_every"), arguments.Number("max_norm")));

    private readonly FairAllocation _solver = new();
    private double[] _weights = [], _heads = [];
    private long _calls;

    /// <summary>Nash-MTL.</summary>
    /// <param name="updateWeightsEvery">Steps from one solve to the next, at least 1.</param>
    /// <param name="maxNorm">Longest update of the shared parameters; 0 for no limit.</param>
    public NashMTL(int updateWeightsEvery = DefaultInterval, double maxNorm = DefaultNorm)
    {
        UpdateWeightsEvery = (int)Descriptor.Parameter("update_weights_every").Check(Descriptor.Name, updateWeightsEvery);
        MaxNorm = Descriptor.Parameter("max_norm").Check(Descriptor.Name, maxNorm);
    }

    /// <summary>Steps from one solve to the next.</summary>
    public int UpdateWeightsEvery { get; }

    /// <summary>Longest update of the shared parameters; 0 for no limit.</summary>
    public double MaxNorm { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(UpdateWeightsEvery, MaxNorm);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    public override bool WeighsHeads => true;

    /// <summary>The rule: a > 0 with A a = 1/a.</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="weights">[K], overwritten only when there is a solution.</param>
    /// <returns><see cref="BalanceStatus.KeptPrevious"/> when there is none.</returns>
    public static BalanceStatus Weights(ReadOnlySpan<double> gramian, Span<double> weights)
        => new FairAllocation().TrySolve(gramian, 1, weights) ? BalanceStatus.Converged : BalanceStatus.KeptPrevious;

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_weights.Length == totalTasks) return;
        if (_weights.Length > 0) throw new BalancerException($"{Name}: prepared for {_weights.Length} tasks, found {totalTasks}; call Reset before using it on another model.");
        (_weights, _heads) = (new double[totalTasks], new double[totalTasks]);
        Array.Fill(_weights, 1);
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Prepare(input.TotalTasks);
        int n = weights.Length;
        Span<double> bargain = _heads.AsSpan(0, n);
        for (int i = 0; i < n; i++) bargain[i] = _weights[input.TaskOf(i)];
        var status = BalanceStatus.Converged;
        if (_calls++ % UpdateWeightsEvery == 0)
        {
            if (!_solver.TrySolve(input.Gramian, 1, bargain)) status = BalanceStatus.KeptPrevious;
            for (int i = 0; i < n; i++) _weights[input.TaskOf(i)] = bargain[i];
        }

        double factor = Shortening(input.Gramian, bargain);
        for (int i = 0; i < n; i++) weights[i] = factor * bargain[i];
        return status;
    }

    /// <inheritdoc/>
    public override void WeighHeads(ReadOnlySpan<double> weights, Span<double> heads) => _heads.AsSpan(0, heads.Length).CopyTo(heads);

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_weights.Length == 0) return;
        state.Set("weights", _weights);
        state.Set("calls", [_calls]);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        if (!state.Doubles.ContainsKey("weights")) return;
        ReadOnlySpan<double> saved = state.GetDoubles("weights");
        Prepare(saved.Length);
        saved.CopyTo(_weights);
        _calls = state.GetIntegers("calls")[0];
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_weights, _heads, _calls) = ([], [], 0);
    }

    /// <summary>What makes the update a^T G, of squared length a^T A a, no longer than the limit.</summary>
    private double Shortening(ReadOnlySpan<double> gramian, ReadOnlySpan<double> bargain)
    {
        if (MaxNorm == 0) return 1;
        double squared = 0;
        for (int i = 0; i < bargain.Length; i++)
        {
            for (int j = 0; j < bargain.Length; j++) squared += bargain[i] * gramian[(i * bargain.Length) + j] * bargain[j];
        }

        return Math.Min(1, MaxNorm / (Math.Sqrt(Math.Max(squared, 0)) + Smoothing));
    }
}
