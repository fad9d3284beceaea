using Polymath.Learning.Optimization;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// FORUM: a first-order multi-gradient method that keeps the parameters optimal for the task weights through a value-function constraint, and
/// descends all outer losses at once (Ye, Lin, Zhang and Kwok, ECAI 2024).
/// </summary>
/// <remarks>
/// z = (a, theta), w = softmax(a). The value-function gap is q(z) = w^T L(theta) - w^T L(theta_T), L the losses of the inner rows and theta_T the parameters after inner_step
/// steps of gradient descent with rate inner_lr. With the gradients g_k of the outer losses divided by their norms (zero along a) and
/// g_q = grad q, A the inner products of (g_1 .. g_K, g_q) and pi_k = phi - g_k^T g_q / ||g_q||^2:
/// min over (lambda, nu) of (lambda, nu)^T A (lambda, nu) - nu phi ||g_q||^2, lambda on the simplex, nu >= max(pi^T lambda, 0). The multipliers
/// are averaged, l += (epoch + 1)^(-3/4) (lambda - l), nu = max(pi^T l, 0), and the update of (a, theta) is along sum_k l_k g_k + nu g_q.
/// The weights reported are l.
/// <para>Parameters: outer_lr = 1e-3, inner_lr = 0.1, inner_step = 5, phi = 0.1.</para>
/// <para>Reference: LibMTL@4336804 trainer.py (bacth_forward_FORUM). ||g_q||^2 is ||g_q||^2 + 1e-8 throughout, which LibMTL adds in two of three places; the programme is
/// solved by an active set instead of a general-purpose solver; theta_T is the point of the descent whose weighted loss is lowest (LibMTL: the last one, even
/// if the descent diverged); a zero outer gradient stays zero, where LibMTL divides by zero.</para>
/// </remarks>
/// <example><code>var trainer = new Trainer(model) { Balancer = new FORUM(innerSteps: 3) };</code></example>
public sealed class FORUM : BilevelBalancer
{
    private const double DefaultInnerRate = 0.1, DefaultPhi = 0.1;
    private const int DefaultInnerSteps = 5;
    private const double Smoothing = 1e-8, AveragingExponent = 0.75;

    /// <summary>Weighted loss above which the inner descent counts as diverged; LibMTL's.</summary>
    private const double Diverged = 1e5;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "forum",
        "First-order multi-gradient method for bilevel optimisation",
        BalancerNeeds.Bilevel,
        "Ye, Lin, Zhang, Kwok: A First-Order Multi-Gradient Algorithm for Multi-Objective Bi-Level Optimization, ECAI 2024",
        [
            OuterRateParameter,
            new BalancerParameter("inner_lr", BalancerParameterKind.Number, "0.1", "Learning rate of the inner descent.") { Minimum = 0, Maximum = 1e3 },
            new BalancerParameter("inner_step", BalancerParameterKind.Integer, "5", "Steps of the inner descent.") { Minimum = 1, Maximum = 10_000 },
            new BalancerParameter("phi", BalancerParameterKind.Number, "0.1", "How fast the value-function gap must close, relative to its slope.") { Minimum = 0, Maximum = 1e3 },
        ],
        arguments => new FORUM(arguments.Number("outer_lr"), arguments.Number("inner_lr"), arguments.Integer("inner_step"), arguments.Number("phi")))
    {
        Passes = new PassCount(Forward: DefaultInnerSteps + 3, Backward: DefaultInnerSteps, BackwardPerTask: 1),
    };

    private NonNegativeQuadratic? _workspace;
    private TaskGradients? _gap;
    private double[] _average = [], _norms = [], _cosines = [], _along = [], _lambda = [];
    private float[] _lowest = [];

    /// <summary>FORUM.</summary>
    /// <param name="outerRate">Learning rate of the logits, in [0, 1e3].</param>
    /// <param name="innerRate">Learning rate of the inner descent, in [0, 1e3].</param>
    /// <param name="innerSteps">Steps of the inner descent, in [1, 1e4].</param>
    /// <param name="phi">How fast the gap must close, in [0, 1e3].</param>
    public FORUM(double outerRate = DefaultOuterRate, double innerRate = DefaultInnerRate, int innerSteps = DefaultInnerSteps, double phi = DefaultPhi)
        : base(Descriptor, outerRate)
    {
        InnerRate = Descriptor.Parameter("inner_lr").Check(Descriptor.Name, innerRate);
        InnerSteps = (int)Descriptor.Parameter("inner_step").Check(Descriptor.Name, innerSteps);
        Phi = Descriptor.Parameter("phi").Check(Descriptor.Name, phi);
    }

    /// <summary>Learning rate of the inner descent.</summary>
    public double InnerRate { get; }

    /// <summary>Steps of the inner descent.</summary>
    public int InnerSteps { get; }

    /// <summary>How fast the gap must close.</summary>
    public double Phi { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(OuterRate, InnerRate, InnerSteps, Phi);

    /// <inheritdoc/>
    public override void Prepare(int totalTasks)
    {
        base.Prepare(totalTasks);
        if (_average.Length == totalTasks) return;
        (_average, _norms, _along, _lambda) = (new double[totalTasks], new double[totalTasks], new double[totalTasks], new double[totalTasks]);
        _cosines = new double[totalTasks * totalTasks];
        _lowest = new float[totalTasks];
        _workspace = new NonNegativeQuadratic(totalTasks + 1);
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_average.Length > 0) state.Set("multipliers", _average);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        if (!state.Doubles.ContainsKey("multipliers")) return;
        ReadOnlySpan<double> saved = state.GetDoubles("multipliers");
        Prepare(saved.Length);
        saved.CopyTo(_average);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_average, _gap) = ([], null);
    }

    private protected override BalanceStatus Descend(in BalanceInput input, IBilevelProblem problem, Span<float> combined, Span<double> weights)
    {
        int n = weights.Length;
        if (_gap is null || _gap.Count != combined.Length) _gap = new TaskGradients(1, combined.Length);
        Span<double> gapAlongLogits = SlopesOf(input), along = _along.AsSpan(0, n), lambda = _lambda.AsSpan(0, n), norms = _norms.AsSpan(0, n), cosines = _cosines.AsSpan(0, n * n);
        GapGradient(input, problem, weights, combined, gapAlongLogits);
        TaskGradients outer = OuterGradients(input, problem, norms, cosines);

        double square = Smoothing;
        foreach (double value in gapAlongLogits) square += value * value;
        double length = GradientClipping.Norm(_gap.Row(0));
        square += length * length;
        if (!double.IsFinite(square)) throw new BalancerException($"{Name}: the gradient of the inner losses is not finite; lower the learning rate or check the inputs for extreme values.");
        outer.CrossGramian(_gap, along);
        for (int i = 0; i < n; i++) along[i] /= norms[i] * Math.Sqrt(square);
        bool solved = FORUMDual.Solve(cosines, along, Phi * Math.Sqrt(square), lambda, _workspace!);

        // The average runs by task; those present share all of it. pi_k = phi - g_k^T g_q / ||g_q||^2.
        double share = Math.Pow(input.Epoch + 1, -AveragingExponent), sum = 0, nu = 0;
        for (int i = 0; i < n; i++)
        {
            ref double average = ref _average[input.TaskOf(i)];
            average += share * (lambda[i] - average);
            sum += average;
        }

        for (int i = 0; i < n; i++)
        {
            weights[i] = _average[input.TaskOf(i)] / sum;
            nu += weights[i] * (Phi - (along[i] / Math.Sqrt(square)));
            lambda[i] = weights[i] / norms[i];
        }

        nu = Math.Max(nu, 0);
        outer.Combine(lambda, combined);
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(_gap.Row(0), (float)nu, combined, combined);
        for (int i = 0; i < n; i++) gapAlongLogits[i] *= nu;
        Learned.Step(input, gapAlongLogits);
        return solved ? BalanceStatus.Converged : BalanceStatus.Degenerate;
    }

    /// <summary>The gradient of the value-function gap: along the parameters it is that of the inner loss, along a it is J^T (L(theta) - L(theta_T)).</summary>
    private void GapGradient(in BalanceInput input, IBilevelProblem problem, ReadOnlySpan<double> weights, Span<float> scratch, Span<double> alongLogits)
    {
        Span<float> losses = LossesOf(input), lowest = _lowest.AsSpan(0, weights.Length);
        Span<float> gradient = _gap!.Row(0);
        problem.Differentiate(BilevelBatch.Inner, weights, losses, gradient);
        RequireFinite(input, losses, "of the inner rows");
        for (int i = 0; i < weights.Length; i++) alongLogits[i] = losses[i];
        losses.CopyTo(lowest);
        double best = Weighted(weights, losses);
        for (int step = 0; step < InnerSteps; step++)
        {
            Move(problem, step == 0 ? gradient : scratch, -InnerRate);
            if (step + 1 < InnerSteps) problem.Differentiate(BilevelBatch.Inner, weights, losses, scratch);
            else problem.Evaluate(BilevelBatch.Inner, losses);
            double value = Weighted(weights, losses);
            if (!(value <= Diverged)) break;
            if (value >= best) continue;
            best = value;
            losses.CopyTo(lowest);
        }

        problem.Restore();
        for (int i = 0; i < weights.Length; i++) alongLogits[i] -= lowest[i];
        SoftmaxWeights.Backpropagate(weights, alongLogits);
    }

    /// <summary>Norms and cosines of the outer gradients; a zero gradient counts as having norm 1.</summary>
    private TaskGradients OuterGradients(in BalanceInput input, IBilevelProblem problem, Span<double> norms, Span<double> cosines)
    {
        int n = norms.Length;
        Span<float> losses = LossesOf(input);
        TaskGradients outer = problem.DifferentiateTasks(BilevelBatch.Outer, losses);
        RequireFinite(input, losses, "of the outer rows");
        outer.Gramian(cosines);
        for (int i = 0; i < n; i++)
        {
            double square = cosines[(i * n) + i];
            if (!double.IsFinite(square)) throw new BalancerException($"{Name}: the gradient of task {input.TaskOf(i)} is not finite; lower the learning rate or check that task's inputs.", input.TaskOf(i));
            norms[i] = square > 0 ? Math.Sqrt(square) : 1;
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) cosines[(i * n) + j] /= norms[i] * norms[j];
        }

        return outer;
    }

    private static double Weighted(ReadOnlySpan<double> weights, ReadOnlySpan<float> losses)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++) sum += weights[i] * losses[i];
        return sum;
    }
}
