namespace Polymath.Learning.Balancing;

/// <summary>
/// The loss part of impartial learning, IMTL-L: every task has a learned log-scale s_k that keeps exp(s_k) L_k near 1
/// (Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021, section 3.2).
/// </summary>
/// <remarks>
/// The loss is sum_k exp(s_k) L_k - s_k: w_k = exp(s_k), and the gradient of s_k is exp(s_k) L_k - 1. With s_k at its optimum w_k = 1 / L_k.
/// <para>Parameters: init = 0 (first s_k).</para>
/// <para>Reference: LibMTL@4336804 weighting/IMTL.py, without its gradient part. Like there, the main optimiser trains s_k, with its learning rate and
/// weight decay. The gradient part joins in as <see cref="IMTL"/>.</para>
/// </remarks>
/// <example><code>var balancer = new IMTLLoss();</code></example>
public sealed class IMTLLoss : Balancer
{
    private const double FirstScale = 0;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "imtl-l",
        "Impartial multi-task learning, loss part only",
        BalancerNeeds.Losses,
        "Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang: Towards Impartial Multi-task Learning, ICLR 2021",
        [new BalancerParameter("init", BalancerParameterKind.Number, "0", "First log-scale of every task.") { Minimum = -20, Maximum = 20 }],
        arguments => new IMTLLoss(arguments.Number("init")));

    /// <summary>One learned log-scale per task.</summary>
    /// <param name="init">Its first value, in [-20, 20].</param>
    public IMTLLoss(double init = FirstScale) => Init = Descriptor.Parameter("init").Check(Descriptor.Name, init);

    /// <summary>First log-scale of every task.</summary>
    public double Init { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Init);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule for one task: its weight and the gradient of its log-scale.</summary>
    /// <param name="loss">L_k.</param>
    /// <param name="logScale">s_k.</param>
    public static (double Weight, double Gradient) Rule(double loss, double logScale)
    {
        double weight = Math.Exp(logScale);
        return (weight, (weight * loss) - 1);
    }

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        PrepareLearnable(totalTasks, Init);
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Prepare(input.TotalTasks);
        Array.Clear(LearnableGradient);
        for (int i = 0; i < weights.Length; i++)
        {
            int task = input.TaskOf(i);
            (weights[i], double gradient) = Rule(input.Losses[i], Learnable[task]);
            LearnableGradient[task] = (float)gradient;
        }

        return BalanceStatus.Converged;
    }
}
