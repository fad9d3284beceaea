using System.Numerics;
using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Tracks every task's gradient by a moving average, and weights the averages by a step towards their minimum-norm combination, so that
/// the bias of minibatch gradients dies out (Fernando et al., "Mitigating Gradient Bias in Multi-Objective Learning", ICLR 2023, algorithm 1).
/// </summary>
/// <remarks>
/// With gh_k = L_k g_k / (||g_k|| + 1e-8) and t = 1, 2, ...: y_k -= beta t^-beta_sigma (y_k - gh_k);
/// lambda &lt;- softmax(lambda - gamma t^-gamma_sigma (Y Y^T + rho I) lambda); update lambda^T Y. lambda starts at 1/K, y at 0.
/// <para>Parameters: beta = 0.5, beta_sigma = 0.5, gamma = 0.1, gamma_sigma = 0.5, rho = 0, update = softmax.</para>
/// <para>Reference: LibMTL@4336804 weighting/MoCo.py, whose softmax of lambda itself keeps the weights near 1/K; the paper projects onto the
/// simplex, which is update = projection. Balancing at the representation is refused, as there. When tasks are absent, their y_k and
/// lambda_k stay, those present share their part of lambda and their own count t; the weights of a step sum to 1.</para>
/// </remarks>
/// <example><code>var balancer = new MoCo(beta: 0.9);</code></example>
public sealed class MoCo : Balancer
{
    private const double Smoothing = 1e-8, DefaultBeta = 0.5, DefaultSigma = 0.5, DefaultGamma = 0.1;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "moco",
        "Multi-objective gradient correction",
        BalancerNeeds.Gradients,
        "Fernando, Shen, Liu, Chaudhury, Murugesan, Chen: Mitigating Gradient Bias in Multi-objective Learning: A Provably Convergent Approach, ICLR 2023",
        [
            new BalancerParameter("beta", BalancerParameterKind.Number, "0.5", "Step of the tracked gradients.") { Minimum = 0, Maximum = 1 },
            new BalancerParameter("beta_sigma", BalancerParameterKind.Number, "0.5", "Power of the step number that beta decays by.") { Minimum = 0, Maximum = 10 },
            new BalancerParameter("gamma", BalancerParameterKind.Number, "0.1", "Step of the weights.") { Minimum = 0 },
            new BalancerParameter("gamma_sigma", BalancerParameterKind.Number, "0.5", "Power of the step number that gamma decays by.") { Minimum = 0, Maximum = 10 },
            new BalancerParameter("rho", BalancerParameterKind.Number, "0", "Squared-norm regularisation of the weights.") { Minimum = 0 },
            new BalancerParameter("update", BalancerParameterKind.Choice, "softmax", "Back to the simplex by a softmax, as LibMTL, or by projection, as the paper.") { Choices = ["softmax", "projection"] },
        ],
        arguments => new MoCo(arguments.Number("beta"), arguments.Number("beta_sigma"), arguments.Number("gamma"), arguments.Number("gamma_sigma"), arguments.Number("rho"), (MoCoUpdate)arguments.Choice("update")));

    private readonly RowMemory _tracked = new(Descriptor.Name, "tracked");
    private double[] _lambda = [], _gramian = [], _present = [], _product = [];
    private long[] _steps = [];
    private long _step;

    /// <summary>MoCo.</summary>
    /// <param name="beta">Step of the tracked gradients, in [0, 1].</param>
    /// <param name="betaSigma">Power of the step number that it decays by, in [0, 10].</param>
    /// <param name="gamma">Step of the weights, at least 0.</param>
    /// <param name="gammaSigma">Power of the step number that it decays by, in [0, 10].</param>
    /// <param name="rho">Regularisation of the weights, at least 0.</param>
    /// <param name="update">How the weights come back to the simplex.</param>
    public MoCo(double beta = DefaultBeta, double betaSigma = DefaultSigma, double gamma = DefaultGamma, double gammaSigma = DefaultSigma, double rho = 0, MoCoUpdate update = MoCoUpdate.Softmax)
    {
        Beta = Descriptor.Parameter("beta").Check(Descriptor.Name, beta);
        BetaSigma = Descriptor.Parameter("beta_sigma").Check(Descriptor.Name, betaSigma);
        Gamma = Descriptor.Parameter("gamma").Check(Descriptor.Name, gamma);
        GammaSigma = Descriptor.Parameter("gamma_sigma").Check(Descriptor.Name, gammaSigma);
        Rho = Descriptor.Parameter("rho").Check(Descriptor.Name, rho);
        Update = Enum.IsDefined(update) ? update : throw Descriptor.Parameter("update").Invalid(Descriptor.Name, update.ToString());
    }

    /// <summary>Step of the tracked gradients.</summary>
    public double Beta { get; }

    /// <summary>Power of the step number that <see cref="Beta"/> decays by.</summary>
    public double BetaSigma { get; }

    /// <summary>Step of the weights.</summary>
    public double Gamma { get; }

    /// <summary>Power of the step number that <see cref="Gamma"/> decays by.</summary>
    public double GammaSigma { get; }

    /// <summary>Regularisation of the weights.</summary>
    public double Rho { get; }

    /// <summary>How the weights come back to the simplex.</summary>
    public MoCoUpdate Update { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Beta, BetaSigma, Gamma, GammaSigma, Rho, Update);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    internal override bool RemembersGradients => true;

    /// <summary>The rule for the weights: one step of size <paramref name="rate"/> on 1/2 w^T (A + rho I) w, and back to the simplex.</summary>
    /// <param name="gramian">[K, K] inner products of the tracked gradients.</param>
    /// <param name="rate">Step.</param>
    /// <param name="rho">Regularisation.</param>
    /// <param name="update">How the step comes back to the simplex.</param>
    /// <param name="weights">[K] on the simplex, updated.</param>
    /// <param name="product">[K] scratch.</param>
    public static void Descend(ReadOnlySpan<double> gramian, double rate, double rho, MoCoUpdate update, Span<double> weights, Span<double> product)
    {
        int n = weights.Length;
        for (int i = 0; i < n; i++)
        {
            product[i] = rho * weights[i];
            for (int j = 0; j < n; j++) product[i] += gramian[(i * n) + j] * weights[j];
        }

        for (int i = 0; i < n; i++) product[i] = weights[i] - (rate * product[i]);
        if (update == MoCoUpdate.Projection) SimplexProjection.Project(product, weights);
        else Softmax.Of(product, weights);
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights) => throw NeedsRows();

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, TaskGradients rows, Span<float> combined, Span<double> weights)
    {
        ReadOnlySpan<double> gramian = RequireRows(input, rows, combined, weights);
        if (input.Losses.IsEmpty) throw new BalancerException($"{Name}: the step has no losses, expected one per task: every gradient is scaled by its loss.");
        Allocate(input.TotalTasks);
        _tracked.Prepare(input.TotalTasks, rows.Count);
        int n = weights.Length, total = input.TotalTasks;
        bool zero = true;
        for (int i = 0; i < n; i++)
        {
            int task = input.TaskOf(i);
            double norm = Math.Sqrt(gramian[(i * n) + i]);
            var rule = new Rule { Rate = (float)(Beta * Math.Pow(++_steps[task], -BetaSigma)), Scale = (float)(input.Losses[i] / (norm + Smoothing)) };
            _tracked.Update(rule, task, rows.Row(i));
            zero &= norm == 0;
        }

        _step++;
        _tracked.Gramian(_gramian);
        Span<double> present = n == total ? _gramian : _present.AsSpan(0, n * n);
        double mass = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n && n < total; j++) present[(i * n) + j] = _gramian[(input.TaskOf(i) * total) + input.TaskOf(j)];
            mass += weights[i] = _lambda[input.TaskOf(i)];
        }

        if (n == total) mass = 1;
        for (int i = 0; i < n; i++) weights[i] = mass > 0 ? weights[i] / mass : 1.0 / n;
        Descend(present, Gamma * Math.Pow(_step, -GammaSigma), Rho, Update, weights, _product.AsSpan(0, n));
        for (int i = 0; i < n; i++) _lambda[input.TaskOf(i)] = mass * weights[i];
        _tracked.Combine(input, weights, combined);
        return zero ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_tracked.Tasks == 0) return;
        state.Set("lambda", _lambda);
        state.Set("steps", [_step, .. _steps]);
        _tracked.Write(state);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        Reset();
        if (!state.Doubles.ContainsKey("lambda")) return;
        ReadOnlySpan<double> lambda = state.GetDoubles("lambda");
        Allocate(lambda.Length);
        lambda.CopyTo(_lambda);
        ReadOnlySpan<long> steps = state.GetIntegers("steps");
        _step = steps[0];
        steps[1..].CopyTo(_steps);
        _tracked.Read(state, lambda.Length);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_lambda, _steps, _step) = ([], [], 0);
        _tracked.Forget();
    }

    private void Allocate(int totalTasks)
    {
        if (_lambda.Length > 0) return;
        (_lambda, _product, _steps) = (new double[totalTasks], new double[totalTasks], new long[totalTasks]);
        (_gramian, _present) = (new double[totalTasks * totalTasks], new double[totalTasks * totalTasks]);
        Array.Fill(_lambda, 1.0 / totalTasks);
    }

    private struct Rule : IRowRule
    {
        public float Rate, Scale;

        public static bool Sums => false;

        public readonly void Apply(Vector<float> gradient, ref Vector<float> memory, out Vector<float> left, out Vector<float> right)
        {
            memory -= (memory - (gradient * Scale)) * Rate;
            left = right = default;
        }
    }
}
