using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Multi-objective meta learning: task weights whose one-step effect on the losses of other rows is a common descent direction
/// (Ye, Lin, Yue, Guo, Xiao and Zhang, NeurIPS 2021).
/// </summary>
/// <remarks>
/// With w = softmax(a), G the task gradients of the inner rows at theta and H those of the outer rows at theta' = theta - inner_lr G^T w: the
/// gradient of outer loss i with respect to a is -inner_lr J^T G h_i, J the Jacobian of the softmax. These K gradients are divided by
/// their norms, and Adam moves a along the point of smallest norm in their convex hull (MGDA). The update is the gradient of
/// w^T L on the step's own batch with the new weights. Two tasks whose outer losses want opposite weights leave them as they are.
/// <para>Parameters: outer_lr = 1e-3, inner_lr = 0.1 (the trial step).</para>
/// <para>Reference: LibMTL@4336804 trainer.py (bacth_forward_MOML, inner_step = 1). The minimum-norm point is exact here; a task whose outer loss does not depend
/// on the weights makes it zero, where LibMTL divides by zero.</para>
/// </remarks>
/// <example><code>var trainer = new Trainer(model) { Balancer = new MOML(innerRate: 0.05) };</code></example>
public sealed class MOML : BilevelBalancer
{
    private const double DefaultInnerRate = 0.1;

    /// <summary>Below this squared norm, of unit vectors, the hull holds the origin.</summary>
    private const double Stationary = 1e-20;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "moml",
        "Multi-objective meta learning",
        BalancerNeeds.Bilevel,
        "Ye, Lin, Yue, Guo, Xiao, Zhang: Multi-Objective Meta Learning, NeurIPS 2021",
        [OuterRateParameter, new BalancerParameter("inner_lr", BalancerParameterKind.Number, "0.1", "Length of the trial step of the parameters.") { Minimum = 0, Maximum = 1e3 }],
        arguments => new MOML(arguments.Number("outer_lr"), arguments.Number("inner_lr")))
    {
        Passes = new PassCount(Forward: 3, Backward: 1, BackwardPerTask: 2),
    };

    private NonNegativeQuadratic? _workspace;
    private double[] _meta = [], _gramian = [], _mixture = [];

    /// <summary>MOML.</summary>
    /// <param name="outerRate">Learning rate of the logits, in [0, 1e3].</param>
    /// <param name="innerRate">Length of the trial step, in [0, 1e3].</param>
    public MOML(double outerRate = DefaultOuterRate, double innerRate = DefaultInnerRate)
        : base(Descriptor, outerRate)
        => InnerRate = Descriptor.Parameter("inner_lr").Check(Descriptor.Name, innerRate);

    /// <summary>Length of the trial step of the parameters.</summary>
    public double InnerRate { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(OuterRate, InnerRate);

    /// <summary>[K', K'] of the last step: row i is the gradient of outer loss i with respect to the logits, before it is normalised.</summary>
    internal ReadOnlySpan<double> MetaGradients => _meta;

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_mixture.Length == totalTasks) return;
        (_meta, _gramian, _mixture) = (new double[totalTasks * totalTasks], new double[totalTasks * totalTasks], new double[totalTasks]);
        _workspace = new NonNegativeQuadratic(totalTasks);
    }

    private protected override BalanceStatus Descend(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights)
    {
        int n = weights.Length;
        Span<float> losses = LossesOf(input);
        TaskGradients inner = problem.DifferentiateTasks(BilevelBatch.Inner, losses);
        RequireFinite(input, losses, "of the inner rows");
        inner.Combine(weights, combined);
        Move(problem, combined, -InnerRate);
        TaskGradients outer = problem.DifferentiateTasks(BilevelBatch.Outer, losses);
        RequireFinite(input, losses, "of the outer rows after a trial step");
        problem.Restore();

        Span<double> meta = _meta.AsSpan(0, n * n), slopes = SlopesOf(input);
        outer.CrossGramian(inner, meta);
        for (int i = 0; i < n; i++)
        {
            Span<double> row = meta.Slice(i * n, n);
            for (int j = 0; j < n; j++) row[j] *= -InnerRate;
            if (!double.IsFinite(row[i])) throw new BalancerException($"{Name}: the gradient of task {input.TaskOf(i)} is not finite; lower inner_lr (found {InnerRate}) or the learning rate, or check that task's inputs.", input.TaskOf(i));
            SoftmaxWeights.Backpropagate(weights, row);
        }

        bool stationary = CommonDescent(meta, slopes);
        Learned.Step(input, slopes);
        Follow(input, problem, combined, weights);
        return stationary ? BalanceStatus.ParetoStationary : BalanceStatus.Converged;
    }

    /// <summary>The point of smallest norm in the hull of the normalised rows; true when it is zero.</summary>
    private bool CommonDescent(ReadOnlySpan<double> rows, Span<double> point)
    {
        int n = point.Length;
        Span<double> gramian = _gramian.AsSpan(0, n * n), mixture = _mixture.AsSpan(0, n);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double norms = Math.Sqrt(Dot(rows, i, i, n)) * Math.Sqrt(Dot(rows, j, j, n));
                gramian[(i * n) + j] = i == j ? (norms > 0 ? 1 : 0) : norms > 0 ? Dot(rows, i, j, n) / norms : 0;
            }
        }

        bool stationary = MinimumNormPoint.Find(gramian, mixture, _workspace) <= Stationary;
        point.Clear();
        for (int i = 0; i < n && !stationary; i++)
        {
            double share = mixture[i] / Math.Sqrt(Dot(rows, i, i, n));
            for (int j = 0; j < n; j++) point[j] += share * rows[(i * n) + j];
        }

        return stationary;
    }

    private static double Dot(ReadOnlySpan<double> rows, int first, int second, int n)
    {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += rows[(first * n) + j] * rows[(second * n) + j];
        return sum;
    }
}
