namespace Polymath.Learning.Balancing;

/// <summary>
/// Decreases all log losses at the same rate without looking at a single task's gradient: the weights learn from how much every loss fell
/// in the step (Liu et al., "FAMO: Fast Adaptive Multitask Optimization", NeurIPS 2023, algorithm 1).
/// </summary>
/// <remarks>
/// z = softmax(w), D_k = L_k - min_losses_k + 1e-8, c = sum z_k / D_k; the loss is sum z_k log(D_k) / c, whose weights z_k / (D_k c) sum to 1.
/// After the step, with the losses L' of the same batch: delta = log D - log D', gradient of w_i = z_i (delta_i - sum z_j delta_j), and an
/// Adam step (betas 0.9 and 0.999, epsilon 1e-8, weight_decay w added to the gradient).
/// <para>Parameters: lr = 0.025, weight_decay = 0.001, min_losses = 0.</para>
/// <para>Reference: LibMTL@4336804 weighting/FAMO.py (FAMO_w_lr, FAMO_w_gamma). Differs: in double precision; with absent tasks the softmax runs
/// over those present, and only they take an Adam step, each with its own count. A loss below its minimum is refused.</para>
/// </remarks>
/// <example><code>var balancer = new FAMO(lr: 0.01);</code></example>
public sealed class FAMO : Balancer
{
    private const double DefaultRate = 0.025, DefaultDecay = 1e-3, Smoothing = 1e-8;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "famo",
        "Fast adaptive multitask optimisation",
        BalancerNeeds.Losses | BalancerNeeds.LossesAfterStep,
        "Liu, Feng, Stone, Liu: FAMO: Fast Adaptive Multitask Optimization, NeurIPS 2023",
        [
            new BalancerParameter("lr", BalancerParameterKind.Number, "0.025", "Learning rate of the weights' Adam.") { Minimum = 0 },
            new BalancerParameter("weight_decay", BalancerParameterKind.Number, "0.001", "Pull of the weights' logits towards 0.") { Minimum = 0 },
            new BalancerParameter("min_losses", BalancerParameterKind.Vector, "0", "Smallest possible loss: one number, or one per task of the full list."),
        ],
        arguments => new FAMO(arguments.Number("lr"), arguments.Number("weight_decay"), arguments.Vector("min_losses")));

    private readonly double[] _minimum;
    private readonly SoftmaxWeights _learned;

    /// <summary>FAMO.</summary>
    /// <param name="lr">Learning rate of the weights, at least 0.</param>
    /// <param name="weightDecay">Pull of the logits towards 0, at least 0.</param>
    /// <param name="minLosses">Smallest possible losses: one for all or one per task; null for 0.</param>
    public FAMO(double lr = DefaultRate, double weightDecay = DefaultDecay, IReadOnlyList<double>? minLosses = null)
    {
        LearningRate = Descriptor.Parameter("lr").Check(Descriptor.Name, lr);
        WeightDecay = Descriptor.Parameter("weight_decay").Check(Descriptor.Name, weightDecay);
        _minimum = minLosses is null or { Count: 0 } ? [0] : [.. minLosses];
        foreach (double value in _minimum) Descriptor.Parameter("min_losses").Check(Descriptor.Name, value);
        _learned = new SoftmaxWeights(Descriptor.Name, LearningRate, WeightDecay, first: 0);
    }

    /// <summary>Learning rate of the weights.</summary>
    public double LearningRate { get; }

    /// <summary>Pull of the logits towards 0.</summary>
    public double WeightDecay { get; }

    /// <summary>Smallest possible losses: one for all or one per task.</summary>
    public IReadOnlyList<double> MinLosses => _minimum;

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(LearningRate, WeightDecay, MinLosses);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>w, the logits of the full task list; empty before the first step.</summary>
    public ReadOnlySpan<double> Logits => _learned.Logits;

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_minimum.Length > 1 && _minimum.Length != totalTasks) throw new BalancerException($"{Name}: min_losses has {_minimum.Length} elements, expected 1 or {totalTasks}, one per task.");
        _learned.Prepare(totalTasks);
    }

    /// <summary>The rule: z_k / (D_k c), which sum to 1.</summary>
    /// <param name="shares">[K] z = softmax(w).</param>
    /// <param name="excesses">[K] D_k, positive.</param>
    /// <param name="weights">[K], overwritten; may be the memory of either.</param>
    public static void Weights(ReadOnlySpan<double> shares, ReadOnlySpan<double> excesses, Span<double> weights)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++) sum += weights[i] = shares[i] / excesses[i];
        for (int i = 0; i < weights.Length; i++) weights[i] /= sum;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Prepare(input.TotalTasks);
        int n = weights.Length;
        Span<double> excesses = n <= 64 ? stackalloc double[n] : new double[n];
        for (int i = 0; i < n; i++) excesses[i] = Excess(input, input.Losses[i], i);
        _learned.Softmax(input, weights);
        Weights(weights, excesses, weights);
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void AfterStep(in BalanceInput before, ReadOnlySpan<float> lossesAfter)
    {
        before.Require(Name, BalancerNeeds.Losses);
        if (lossesAfter.Length != before.Tasks) throw new BalancerException($"{Name}: found {lossesAfter.Length} losses after the step for {before.Tasks} tasks, expected one per task.");
        Prepare(before.TotalTasks);
        int n = before.Tasks;
        Span<double> shares = n <= 64 ? stackalloc double[n] : new double[n], falls = n <= 64 ? stackalloc double[n] : new double[n];
        _learned.Softmax(before, shares);
        for (int i = 0; i < n; i++) falls[i] = Math.Log(Excess(before, before.Losses[i], i)) - Math.Log(Excess(before, lossesAfter[i], i));
        SoftmaxWeights.Backpropagate(shares, falls);
        _learned.Step(before, falls);
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        _learned.Write(state);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        _learned.Read(state);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _learned.Reset();
    }

    private double Excess(in BalanceInput input, double loss, int row)
    {
        int task = input.TaskOf(row);
        double minimum = _minimum[_minimum.Length == 1 ? 0 : task], excess = loss - minimum;
        if (excess >= 0 && double.IsFinite(excess)) return excess + Smoothing;
        throw new BalancerException($"{Name}: the loss of task {task} is {loss}, expected a finite number of at least min_losses = {minimum}: the rule compares logarithms of the difference; lower min_losses, or the learning rate if the loss is not finite.", task);
    }
}
