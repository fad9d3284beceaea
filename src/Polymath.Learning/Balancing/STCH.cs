namespace Polymath.Learning.Balancing;

/// <summary>
/// Smooth Tchebycheff scalarisation: a smooth maximum of the log losses relative to a nadir that is measured in a warm-up
/// (Lin et al., "Smooth Tchebycheff Scalarization for Multi-Objective Optimization", ICML 2024, section 3).
/// </summary>
/// <remarks>
/// Epochs up to and including <c>warmup</c>: sum_k log(L_k + 1e-20); in epoch <c>warmup</c> the losses are averaged into the nadir n_k.
/// Afterwards l_k = log(L_k / n_k + 1e-20) and the loss is mu K log sum_k exp(l_k / mu), whose weights are K softmax(l / mu)_k / L_k.
/// <para>Parameters: mu = 1 (towards 0 the worst task alone counts), warmup = 4.</para>
/// <para>Reference: LibMTL@4336804 weighting/STCH.py, which reports weights of 1; here they are the effective ones. Differs: absent tasks keep
/// their sums, K is the number present, and a task that had no label in the warm-up epoch takes its first loss afterwards as its nadir.
/// Losses must be positive.</para>
/// </remarks>
/// <example><code>var balancer = new STCH(mu: 0.5, warmup: 2);</code></example>
public sealed class STCH : Balancer
{
    private const double Smoothing = 1e-20, DefaultMu = 1;
    private const int DefaultWarmup = 4;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "stch",
        "Smooth Tchebycheff scalarisation",
        BalancerNeeds.Losses,
        "Lin, Zhang, Yang, Liu, Wang, Zhang: Smooth Tchebycheff Scalarization for Multi-Objective Optimization, ICML 2024",
        [
            new BalancerParameter("mu", BalancerParameterKind.Number, "1", "Smoothing: towards 0 only the worst task counts, large values weigh all log losses alike.") { Minimum = 1e-6 },
            new BalancerParameter("warmup", BalancerParameterKind.Integer, "4", "The epoch whose mean losses become the nadir; up to it the log losses are summed.") { Minimum = 0, Maximum = 1_000_000 },
        ],
        arguments => new STCH(arguments.Number("mu"), arguments.Integer("warmup")));

    private double[] _sums = [];
    private long[] _counts = [];

    /// <summary>Smooth Tchebycheff scalarisation.</summary>
    /// <param name="mu">Smoothing, at least 1e-6.</param>
    /// <param name="warmup">Epoch in which the nadir is measured, in [0, 1000000].</param>
    public STCH(double mu = DefaultMu, int warmup = DefaultWarmup)
    {
        Mu = Descriptor.Parameter("mu").Check(Descriptor.Name, mu);
        Warmup = (int)Descriptor.Parameter("warmup").Check(Descriptor.Name, warmup);
    }

    /// <summary>Smoothing.</summary>
    public double Mu { get; }

    /// <summary>Epoch in which the nadir is measured.</summary>
    public int Warmup { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Mu, Warmup);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule after the warm-up: the gradient of mu K log sum_k exp(log(L_k / n_k) / mu) with respect to the losses.</summary>
    /// <param name="losses">[K] positive.</param>
    /// <param name="nadir">[K] positive.</param>
    /// <param name="mu">Smoothing, positive.</param>
    /// <param name="weights">[K], overwritten.</param>
    public static void Weights(ReadOnlySpan<float> losses, ReadOnlySpan<double> nadir, double mu, Span<double> weights)
    {
        for (int i = 0; i < weights.Length; i++) weights[i] = Math.Log((losses[i] / nadir[i]) + Smoothing) / mu;
        Softmax.Of(weights, weights);
        for (int i = 0; i < weights.Length; i++) weights[i] *= weights.Length / (losses[i] + (Smoothing * nadir[i]));
    }

    /// <summary>The mean loss of a task in the warm-up epoch; NaN before it was seen there.</summary>
    /// <param name="task">Index in the full task list.</param>
    public double Nadir(int task) => task < _sums.Length ? _sums[task] / _counts[task] : double.NaN;

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Allocate(input.TotalTasks);
        int n = weights.Length;
        Span<double> nadir = n <= 64 ? stackalloc double[n] : new double[n];
        for (int i = 0; i < n; i++)
        {
            int task = input.TaskOf(i);
            double loss = input.Losses[i];
            if (loss <= 0) throw new BalancerException($"{Name}: the loss of task {task} is {loss}, expected more than 0: the rule compares logarithms; shift the loss or choose a rule that reads gradients.", task);
            if (input.Epoch == Warmup || (input.Epoch > Warmup && _counts[task] == 0))
            {
                _sums[task] += loss;
                _counts[task]++;
            }

            nadir[i] = Nadir(task);
            weights[i] = 1 / (loss + Smoothing);
        }

        if (input.Epoch > Warmup) Weights(input.Losses, nadir, Mu, weights);
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_sums.Length == 0) return;
        state.Set("sums", _sums);
        state.Set("counts", _counts);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        Reset();
        if (!state.Doubles.ContainsKey("sums")) return;
        _sums = state.GetDoubles("sums").ToArray();
        _counts = state.GetIntegers("counts").ToArray();
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_sums, _counts) = ([], []);
    }

    private void Allocate(int totalTasks)
    {
        if (_sums.Length == totalTasks) return;
        if (_sums.Length > 0) throw new BalancerException($"{Name}: holds losses of {_sums.Length} tasks, found {totalTasks}; call Reset before using it on another model.");
        (_sums, _counts) = (new double[totalTasks], new long[totalTasks]);
    }
}
