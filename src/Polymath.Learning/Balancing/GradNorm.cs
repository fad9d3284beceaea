namespace Polymath.Learning.Balancing;

/// <summary>
/// Gradient normalisation: learns weights under which the gradient norms of the tasks are equal, but for larger ones where a task learns slowly
/// (Chen et al., "GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks", ICML 2018).
/// </summary>
/// <remarks>
/// n_k = c_k ||g_k||, N their mean, r_k = (L_k / L_k(0)) / mean of these; sum_k |n_k - N r_k^alpha| is descended in the weights with N r_k^alpha held
/// constant. c = K softmax(a) with learned a (a = 0: all 1), so the update has the scale of the sum.
/// <para>Parameters: alpha = 1.5 (papers: 0.12 to 3), form = libmtl, lr = 0.025 (paper form only).</para>
/// <para>References: LibMTL@4336804 weighting/GradNorm.py (form = libmtl): epoch 0 is the plain sum, L(0) is the mean loss of epoch 0, and a, first 1, is trained by the
/// main optimiser with its learning rate and weight decay. form = paper: L(0) is the loss of the first step, and c itself takes a gradient step of size lr and is
/// rescaled to its former sum (a weight is kept above 1e-3, about which the paper says nothing). Which parameters the norms are taken over is the trainer's BalanceAt.
/// A task that first has labels later starts its history then.</para>
/// </remarks>
/// <example><code>var balancer = new GradNorm(alpha: 0.5);</code></example>
public sealed class GradNorm : Balancer
{
    private const double DefaultAlpha = 1.5, DefaultRate = 0.025, LeastWeight = 1e-3;
    private const float FirstScale = 1;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "gradnorm",
        "Gradient normalisation",
        BalancerNeeds.Gramian | BalancerNeeds.Losses,
        "Chen, Badrinarayanan, Lee, Rabinovich: GradNorm, ICML 2018",
        [
            new BalancerParameter("alpha", BalancerParameterKind.Number, "1.5", "How strongly a task that learns slowly is helped.") { Minimum = 0, Maximum = 100 },
            new BalancerParameter("form", BalancerParameterKind.Choice, "libmtl", "Softmax scales trained by the main optimiser, or weights with a step of their own.") { Choices = ["libmtl", "paper"] },
            new BalancerParameter("lr", BalancerParameterKind.Number, "0.025", "Step of the weights in the paper form.") { Minimum = 0, Maximum = 10 },
        ],
        arguments => new GradNorm(arguments.Number("alpha"), (GradNormForm)arguments.Choice("form"), arguments.Number("lr")));

    private double[] _firstLosses = [], _weights = [];

    /// <summary>GradNorm.</summary>
    /// <param name="alpha">How strongly a task that learns slowly is helped, in [0, 100].</param>
    /// <param name="form">How the weights are held and trained.</param>
    /// <param name="learningRate">Step of the weights in the paper form, in [0, 10].</param>
    public GradNorm(double alpha = DefaultAlpha, GradNormForm form = GradNormForm.LibMtl, double learningRate = DefaultRate)
    {
        if (!Enum.IsDefined(form)) throw Descriptor.Parameter("form").Invalid(Descriptor.Name, form.ToString());
        Alpha = Descriptor.Parameter("alpha").Check(Descriptor.Name, alpha);
        Form = form;
        LearningRate = Descriptor.Parameter("lr").Check(Descriptor.Name, learningRate);
    }

    /// <summary>How strongly a task that learns slowly is helped.</summary>
    public double Alpha { get; }

    /// <summary>How the weights are held and trained.</summary>
    public GradNormForm Form { get; }

    /// <summary>Step of the weights in the paper form.</summary>
    public double LearningRate { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Alpha, Form, LearningRate);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule: d/dc_k of sum_k |n_k - N r_k^alpha|, which is sign(n_k - N r_k^alpha) ||g_k||.</summary>
    /// <param name="gramian">[K, K]; only its diagonal is read.</param>
    /// <param name="weights">c, [K].</param>
    /// <param name="progress">L_k / L_k(0), [K], at least 0.</param>
    /// <param name="alpha">How strongly a task that learns slowly is helped.</param>
    /// <param name="slopes">[K], overwritten.</param>
    public static void Slopes(ReadOnlySpan<double> gramian, ReadOnlySpan<double> weights, ReadOnlySpan<double> progress, double alpha, Span<double> slopes)
    {
        int n = weights.Length;
        double meanNorm = 0, meanProgress = 0;
        for (int i = 0; i < n; i++)
        {
            slopes[i] = Math.Sqrt(gramian[(i * n) + i]);
            meanNorm += weights[i] * slopes[i] / n;
            meanProgress += progress[i] / n;
        }

        for (int i = 0; i < n; i++)
        {
            double rate = meanProgress > 0 ? progress[i] / meanProgress : 1;
            slopes[i] *= Math.Sign((weights[i] * slopes[i]) - (meanNorm * Math.Pow(rate, alpha)));
        }
    }

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_firstLosses.Length == totalTasks) return;
        if (_firstLosses.Length > 0) throw new BalancerException($"{Name}: prepared for {_firstLosses.Length} tasks, found {totalTasks}; call Reset before using it on another model.");
        (_firstLosses, _weights) = (new double[totalTasks], new double[totalTasks]);
        Array.Fill(_firstLosses, double.NaN);
        Array.Fill(_weights, 1);
        if (Form == GradNormForm.LibMtl) PrepareLearnable(totalTasks, FirstScale);
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Prepare(input.TotalTasks);
        Array.Clear(LearnableGradient);
        if (Form == GradNormForm.LibMtl && input.Epoch == 0)
        {
            weights.Fill(1);
            return BalanceStatus.Converged;
        }

        int n = weights.Length;
        Span<double> progress = n <= 64 ? stackalloc double[n] : new double[n], slopes = n <= 64 ? stackalloc double[n] : new double[n];
        Progress(input, progress);
        if (Form == GradNormForm.Paper)
        {
            for (int i = 0; i < n; i++) weights[i] = _weights[input.TaskOf(i)];
            Slopes(input.Gramian, weights, progress, Alpha, slopes);
            Descend(input, weights, slopes);
            return BalanceStatus.Converged;
        }

        for (int i = 0; i < n; i++) weights[i] = Learnable[input.TaskOf(i)];
        Softmax.Of(weights, weights);
        for (int i = 0; i < n; i++) weights[i] *= n;
        Slopes(input.Gramian, weights, progress, Alpha, slopes);

        // dc_k / da_j = c_k ([k = j] - c_j / K).
        double total = 0;
        for (int i = 0; i < n; i++) total += slopes[i] * weights[i];
        for (int i = 0; i < n; i++) LearnableGradient[input.TaskOf(i)] = (float)(weights[i] * (slopes[i] - (total / n)));
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void EndEpoch(int epoch, ReadOnlySpan<double> meanLosses)
    {
        Prepare(meanLosses.Length);
        for (int k = 0; k < meanLosses.Length; k++)
        {
            if (double.IsNaN(_firstLosses[k])) _firstLosses[k] = meanLosses[k];
        }
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_firstLosses.Length == 0) return;
        state.Set("first_losses", _firstLosses);
        state.Set("weights", _weights);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        if (!state.Doubles.ContainsKey("first_losses")) return;
        ReadOnlySpan<double> saved = state.GetDoubles("first_losses");
        Prepare(saved.Length);
        saved.CopyTo(_firstLosses);
        state.GetDoubles("weights").CopyTo(_weights);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_firstLosses, _weights) = ([], []);
    }

    /// <summary>L_k / L_k(0); 1 for a task that has no first loss yet, or none to divide by.</summary>
    private void Progress(in BalanceInput input, Span<double> progress)
    {
        bool any = false;
        for (int i = 0; i < progress.Length; i++)
        {
            int task = input.TaskOf(i);
            if (Form == GradNormForm.Paper && double.IsNaN(_firstLosses[task])) _firstLosses[task] = input.Losses[i];
            double first = _firstLosses[task];
            any |= !double.IsNaN(first);
            progress[i] = first > 0 ? Math.Max(input.Losses[i] / first, 0) : 1;
        }

        if (!any && Array.TrueForAll(_firstLosses, double.IsNaN)) throw new BalancerException($"{Name}: epoch {input.Epoch} has begun without the mean losses of epoch 0, expected them to compare with; call EndEpoch(0, meanLosses) when the first epoch ends.");
    }

    /// <summary>One step of gradient descent for the tasks present, which keep the sum of their weights.</summary>
    private void Descend(in BalanceInput input, ReadOnlySpan<double> weights, ReadOnlySpan<double> slopes)
    {
        double before = 0, after = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double moved = Math.Max(weights[i] - (LearningRate * slopes[i]), LeastWeight);
            _weights[input.TaskOf(i)] = moved;
            before += weights[i];
            after += moved;
        }

        for (int i = 0; i < weights.Length; i++) _weights[input.TaskOf(i)] *= before / after;
    }
}
