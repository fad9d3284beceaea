namespace Polymath.Learning.Balancing;

/// <summary>
/// Dynamic weight average: a task whose mean loss fell slower over the last two epochs weighs more
/// (Liu, Johns and Davison, "End-to-End Multi-Task Learning with Attention", CVPR 2019, equation 7).
/// </summary>
/// <remarks>
/// Epochs 0 and 1: w = 1. Afterwards r_k = mean loss of epoch e-1 / mean loss of epoch e-2, w = K softmax(r / T).
/// <para>Parameters: t = 2, the temperature T.</para>
/// <para>Reference: LibMTL@4336804 weighting/DWA.py. Differs: with absent tasks the softmax runs over the K' present and sums to K'; a task
/// without a label in an epoch keeps its last two means, one with fewer than two, or with means whose ratio is not finite, counts as r = 1.</para>
/// </remarks>
/// <example><code>
/// var balancer = new DWA(t: 2);
/// balancer.EndEpoch(0, [1.0, 4.0]);     // the trainer does this
/// balancer.EndEpoch(1, [0.5, 4.0]);     // the first task halved its loss: from now on it weighs less
/// </code></example>
public sealed class DWA : Balancer
{
    private const double DefaultTemperature = 2;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "dwa",
        "Dynamic weight average",
        BalancerNeeds.Losses,
        "Liu, Johns, Davison: End-to-End Multi-Task Learning with Attention, CVPR 2019",
        [new BalancerParameter("t", BalancerParameterKind.Number, "2", "Temperature: the larger, the more equal the weights.") { Minimum = 1e-3 }],
        arguments => new DWA(arguments.Number("t")));

    private double[] _last = [], _previous = [];

    /// <summary>Dynamic weight average.</summary>
    /// <param name="t">Temperature, at least 0.001.</param>
    public DWA(double t = DefaultTemperature) => T = Descriptor.Parameter("t").Check(Descriptor.Name, t);

    /// <summary>Temperature.</summary>
    public double T { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(T);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule: K softmax(r / T).</summary>
    /// <param name="ratios">[K] r_k, finite.</param>
    /// <param name="temperature">T, positive.</param>
    /// <param name="weights">[K], overwritten; may be the same memory.</param>
    public static void Weights(ReadOnlySpan<double> ratios, double temperature, Span<double> weights)
    {
        for (int i = 0; i < ratios.Length; i++) weights[i] = ratios[i] / temperature;
        Softmax.Of(weights, weights);
        for (int i = 0; i < weights.Length; i++) weights[i] *= weights.Length;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        if (_last.Length == 0 && input.Epoch > 1) throw new BalancerException($"{Name}: the step is in epoch {input.Epoch} but no epoch was ever ended, expected the mean losses of the last two; call EndEpoch after every epoch, or resume with the saved state.");
        if (_last.Length > 0 && _last.Length != input.TotalTasks) throw new BalancerException($"{Name}: holds losses of {_last.Length} tasks, found {input.TotalTasks}; call Reset before using it on another model.");
        for (int i = 0; i < weights.Length; i++)
        {
            double ratio = _last.Length == 0 ? 1 : _last[input.TaskOf(i)] / _previous[input.TaskOf(i)];
            weights[i] = double.IsFinite(ratio) ? ratio : 1;
        }

        Weights(weights, T, weights);
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void EndEpoch(int epoch, ReadOnlySpan<double> meanLosses)
    {
        if (_last.Length != meanLosses.Length)
        {
            (_last, _previous) = (new double[meanLosses.Length], new double[meanLosses.Length]);
            Array.Fill(_last, double.NaN);
            Array.Fill(_previous, double.NaN);
        }

        for (int k = 0; k < meanLosses.Length; k++)
        {
            if (!double.IsNaN(meanLosses[k])) (_previous[k], _last[k]) = (_last[k], meanLosses[k]);
        }
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_last.Length == 0) return;
        state.Set("last", _last);
        state.Set("previous", _previous);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        Reset();
        if (!state.Doubles.ContainsKey("last")) return;
        _last = state.GetDoubles("last").ToArray();
        _previous = state.GetDoubles("previous").ToArray();
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_last, _previous) = ([], []);
    }
}
