using Polymath.Learning.Optimization;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Auto-Lambda: task weights that lower the losses of other rows after one step of the parameters, by a finite-difference hypergradient
/// (Liu, James, Davison and Johns, TMLR 2022).
/// </summary>
/// <remarks>
/// With w = softmax(a), lr the optimiser's learning rate, L the losses of the inner and F those of the outer rows:
/// theta' = theta - lr grad(w^T L)(theta), d = grad(sum_k F_k)(theta'), e = 0.01 / ||d||, and
/// dF / dw_k = -lr grad L_k(theta)^T d = -lr (L_k(theta + e d) - L_k(theta - e d)) / (2 e), for all k from two forward passes. Adam moves a by
/// the gradient that follows; the update is the gradient of w^T L on the step's own batch with the new weights.
/// <para>Parameters: outer_lr = 1e-3.</para>
/// <para>Reference: LibMTL@4336804 trainer.py (bacth_forward_AutoLambda, inner_step = 1). The paper trains the weights themselves, starting at 0.1;
/// LibMTL, and Polymath, train logits. The parameters are put back from a copy, where LibMTL adds and subtracts; a vanishing d leaves the
/// weights' gradient zero, where LibMTL's is not a number.</para>
/// </remarks>
/// <example><code>var trainer = new Trainer(model) { Balancer = new AutoLambda() };</code></example>
public sealed class AutoLambda : BilevelBalancer
{
    /// <summary>Length of the finite difference.</summary>
    private const double Reach = 0.01;

    /// <summary>Below this length the outer gradient counts as zero.</summary>
    private const double Vanishing = 1e-30;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "autolambda",
        "Auto-Lambda",
        BalancerNeeds.Bilevel,
        "Liu, James, Davison, Johns: Auto-Lambda: Disentangling Dynamic Task Relationships, TMLR 2022",
        [OuterRateParameter],
        arguments => new AutoLambda(arguments.Number("outer_lr")))
    {
        Passes = new PassCount(Forward: 5, Backward: 3, BackwardPerTask: 0),
    };

    private double[] _ones = [];
    private float[] _behind = [];

    /// <summary>Auto-Lambda.</summary>
    /// <param name="outerRate">Learning rate of the logits, in [0, 1e3].</param>
    public AutoLambda(double outerRate = DefaultOuterRate)
        : base(Descriptor, outerRate)
    {
    }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(OuterRate);

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_ones.Length == totalTasks) return;
        (_ones, _behind) = (new double[totalTasks], new float[totalTasks]);
        Array.Fill(_ones, 1);
    }

    private protected override BalanceStatus Descend(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights)
    {
        int n = weights.Length;
        double rate = problem.LearningRate;
        Span<float> losses = LossesOf(input), behind = _behind.AsSpan(0, n);
        Span<double> slopes = SlopesOf(input);
        problem.Differentiate(BilevelBatch.Inner, weights, losses, combined);
        RequireFinite(input, losses, "of the inner rows");
        Move(problem, combined, -rate);
        problem.Differentiate(BilevelBatch.Outer, _ones.AsSpan(0, n), losses, combined);
        RequireFinite(input, losses, "of the outer rows after a trial step");
        problem.Restore();

        double norm = GradientClipping.Norm(combined);
        bool vanishes = norm < Vanishing;
        slopes.Clear();
        if (!vanishes)
        {
            double distance = Reach / norm;
            Move(problem, combined, distance);
            problem.Evaluate(BilevelBatch.Inner, losses);
            problem.Restore();
            RequireFinite(input, losses, "of the inner rows beside the parameters");
            Move(problem, combined, -distance);
            problem.Evaluate(BilevelBatch.Inner, behind);
            problem.Restore();
            RequireFinite(input, behind, "of the inner rows beside the parameters");
            for (int i = 0; i < n; i++) slopes[i] = -rate * ((double)losses[i] - behind[i]) / (2 * distance);
        }

        SoftmaxWeights.Backpropagate(weights, slopes);
        Learned.Step(input, slopes);
        Follow(input, problem, combined, weights);
        return vanishes ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }
}
