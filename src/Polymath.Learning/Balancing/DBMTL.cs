using System.Numerics;
using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Dual balancing: the gradients of the tasks' log losses, smoothed by a moving average and all scaled to the length of the longest
/// (Lin et al., "Dual-Balancing for Multi-Task Learning", 2023, algorithm 1).
/// </summary>
/// <remarks>
/// g_k is the gradient of log(L_k + 1e-8), also for single tasks' parameters; m_k = g_k + (beta / t^beta_sigma)(m_k - g_k), m_k = 0 at first
/// and no bias correction; update sum_k m_k max_j ||m_j|| / (||m_k|| + 1e-8). The reported weights are those factors.
/// <para>Parameters: beta = 0.9, beta_sigma = 0.</para>
/// <para>Reference: LibMTL@4336804 weighting/DB_MTL.py. Differs: norms are sums in double precision; absent tasks keep m_k and their own
/// count t, and the longest is sought among those present. A loss below 0 is refused; 0 itself is what the 1e-8 is for.</para>
/// </remarks>
/// <example><code>var balancer = new DBMTL(beta: 0.5);</code></example>
public sealed class DBMTL : Balancer
{
    private const double Smoothing = 1e-8, DefaultBeta = 0.9;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "db-mtl",
        "Dual-balancing multi-task learning",
        BalancerNeeds.Gradients,
        "Lin, Jiang, Ye, Zhang, Chen, Chen, Liu, Kwok: Dual-Balancing for Multi-Task Learning, 2023, arXiv 2308.12029",
        [
            new BalancerParameter("beta", BalancerParameterKind.Number, "0.9", "Share of the moving average that a step keeps.") { Minimum = 0, Maximum = 1 },
            new BalancerParameter("beta_sigma", BalancerParameterKind.Number, "0", "Power of the step number that beta decays by.") { Minimum = 0, Maximum = 10 },
        ],
        arguments => new DBMTL(arguments.Number("beta"), arguments.Number("beta_sigma")));

    private readonly RowMemory _average = new(Descriptor.Name, "average");
    private long[] _steps = [];

    /// <summary>DB-MTL.</summary>
    /// <param name="beta">Share of the average that a step keeps, in [0, 1].</param>
    /// <param name="betaSigma">Power of the step number that it decays by, in [0, 10].</param>
    public DBMTL(double beta = DefaultBeta, double betaSigma = 0)
    {
        Beta = Descriptor.Parameter("beta").Check(Descriptor.Name, beta);
        BetaSigma = Descriptor.Parameter("beta_sigma").Check(Descriptor.Name, betaSigma);
    }

    /// <summary>Share of the average that a step keeps.</summary>
    public double Beta { get; }

    /// <summary>Power of the step number that <see cref="Beta"/> decays by.</summary>
    public double BetaSigma { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Beta, BetaSigma);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    internal override bool RemembersGradients => true;

    /// <inheritdoc/>
    public override bool TransformsLosses => true;

    /// <summary>The rule: factors that bring rows of these lengths to the longest of them.</summary>
    /// <param name="norms">[K] ||m_k||.</param>
    /// <param name="factors">[K], overwritten; 0 for a row of length 0.</param>
    public static void Equalize(ReadOnlySpan<double> norms, Span<double> factors)
    {
        double longest = 0;
        foreach (double norm in norms) longest = Math.Max(longest, norm);
        for (int i = 0; i < norms.Length; i++) factors[i] = norms[i] > 0 ? longest / (norms[i] + Smoothing) : 0;
    }

    /// <inheritdoc/>
    public override void Slopes(in BalanceInput input, Span<double> slopes)
    {
        input.Require(Name, BalancerNeeds.Losses);
        for (int i = 0; i < slopes.Length; i++)
        {
            double loss = input.Losses[i];
            if (loss < 0) throw new BalancerException($"{Name}: the loss of task {input.TaskOf(i)} is {loss}, expected at least 0: its logarithm is differentiated; shift the loss or choose a rule that reads gradients only.", input.TaskOf(i));
            slopes[i] = 1 / (loss + Smoothing);
        }
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights) => throw NeedsRows();

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, TaskGradients rows, Span<float> combined, Span<double> weights)
    {
        RequireRows(input, rows, combined, weights);
        _average.Prepare(input.TotalTasks, rows.Count);
        if (_steps.Length == 0) _steps = new long[input.TotalTasks];
        double longest = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            int task = input.TaskOf(i);
            var rule = new Rule { Kept = (float)(Beta * Math.Pow(++_steps[task], -BetaSigma)) };
            weights[i] = Math.Sqrt(_average.Update(rule, task, rows.Row(i)));
            longest = Math.Max(longest, weights[i]);
        }

        Equalize(weights, weights);
        _average.Combine(input, weights, combined);
        return longest == 0 ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (_steps.Length == 0) return;
        state.Set("steps", _steps);
        _average.Write(state);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        Reset();
        if (!state.Integers.ContainsKey("steps")) return;
        _steps = state.GetIntegers("steps").ToArray();
        _average.Read(state, _steps.Length);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _steps = [];
        _average.Forget();
    }

    private struct Rule : IRowRule
    {
        public float Kept;

        public static bool Sums => true;

        public readonly void Apply(Vector<float> gradient, ref Vector<float> memory, out Vector<float> left, out Vector<float> right)
        {
            memory = gradient + ((memory - gradient) * Kept);
            left = right = memory;
        }
    }
}
