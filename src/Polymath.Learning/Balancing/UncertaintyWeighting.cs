namespace Polymath.Learning.Balancing;

/// <summary>
/// Homoscedastic uncertainty weighting: every task has a learned log-variance s_k, and the loss is sum_k L_k / (2 exp s_k) + s_k / 2
/// (Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018).
/// </summary>
/// <remarks>
/// Weights w_k = 1 / (2 exp s_k); d loss / d s_k = 1/2 - w_k L_k, in <see cref="Balancer.LearnableGradient"/>. The main optimiser trains
/// <see cref="Balancer.Learnable"/>, with its learning rate and weight decay, as in LibMTL@4336804 weighting/UW.py; no difference in the rule. A task absent from the step
/// gets gradient zero.
/// <para>Parameters: init = -0.5, the first value of every s_k (LibMTL's constant; the weight is then 0.82).</para>
/// </remarks>
/// <example><code>
/// var balancer = new UncertaintyWeighting();
/// balancer.Prepare(totalTasks: 3);     // balancer.Learnable is now [-0.5, -0.5, -0.5]
/// </code></example>
public sealed class UncertaintyWeighting : Balancer
{
    private const double InitialLogVariance = -0.5;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "uw",
        "Uncertainty weighting",
        BalancerNeeds.Losses,
        "Kendall, Gal, Cipolla: Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics, CVPR 2018",
        [new BalancerParameter("init", BalancerParameterKind.Number, "-0.5", "First value of every log-variance.") { Minimum = -20, Maximum = 20 }],
        arguments => new UncertaintyWeighting(arguments.Number("init")));

    /// <summary>One learned log-variance per task.</summary>
    /// <param name="init">Its first value, in [-20, 20].</param>
    public UncertaintyWeighting(double init = InitialLogVariance) => Init = Descriptor.Parameter("init").Check(Descriptor.Name, init);

    /// <summary>First value of every log-variance.</summary>
    public double Init { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Init);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule for one task: its weight and the gradient of its log-variance.</summary>
    /// <param name="loss">L_k.</param>
    /// <param name="logVariance">s_k.</param>
    public static (double Weight, double Gradient) Rule(double loss, double logVariance)
    {
        double weight = 0.5 * Math.Exp(-logVariance);
        return (weight, 0.5 - (weight * loss));
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
