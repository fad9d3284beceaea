using System.Numerics;
using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Raises the weight of tasks whose excess risk, estimated from an adaptive second-order expansion, falls slower than it began
/// (He et al., "Robust Multi-Task Learning with Excess Risks", ICML 2024, algorithm 1).
/// </summary>
/// <remarks>
/// S_k += g_k^2 element by element; x_k = sum g_k^2 / sqrt(S_k + 1e-7). The first step stores x0 = x and keeps w = 1; afterwards
/// w_k &lt;- w_k exp(eta x_k / x0_k), scaled to sum K. Update sum_k w_k g_k; single tasks' parameters get w_k times their gradient.
/// <para>Parameters: eta = 0.01, the step of the multiplicative weights.</para>
/// <para>Reference: LibMTL@4336804 weighting/ExcessMTL.py. Differs: exponents are shifted by their largest, which the scaling cancels, so
/// they cannot overflow; a task takes its x0 from the first step in which its gradient is not zero (officially 0 / 0); absent tasks keep
/// S_k, x0_k and w_k, and those present share what is left of K. Balancing at the representation is refused: LibMTL accepts it and then
/// sends a zero gradient into the encoder.</para>
/// </remarks>
/// <example><code>var balancer = new ExcessMTL(eta: 0.05);</code></example>
public sealed class ExcessMTL : Balancer
{
    private const double DefaultStep = 1e-2;
    private const float Smoothing = 1e-7f;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "excess",
        "Robust multi-task learning with excess risks",
        BalancerNeeds.Gradients,
        "He, Zhou, Zhang, Zhang, Zhao: Robust Multi-Task Learning with Excess Risks, ICML 2024",
        [new BalancerParameter("eta", BalancerParameterKind.Number, "0.01", "Step of the multiplicative weights (LibMTL: robust_step_size).") { Minimum = 0, Maximum = 100 }],
        arguments => new ExcessMTL(arguments.Number("eta")));

    private readonly RowMemory _squares = new(Descriptor.Name, "gradient_squares");
    private double[] _weights = [], _initial = [];
    private bool _began;

    /// <summary>ExcessMTL.</summary>
    /// <param name="eta">Step of the multiplicative weights, in [0, 100].</param>
    public ExcessMTL(double eta = DefaultStep) => Eta = Descriptor.Parameter("eta").Check(Descriptor.Name, eta);

    /// <summary>Step of the multiplicative weights.</summary>
    public double Eta { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Eta);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    internal override bool RemembersGradients => true;

    /// <inheritdoc/>
    public override bool WeighsHeads => true;

    /// <summary>The rule: weights after a step with these excess risks.</summary>
    /// <param name="risks">[K'] x_k.</param>
    /// <param name="initial">[K'] x0_k, positive; 0 leaves the task's weight as it is.</param>
    /// <param name="eta">Step.</param>
    /// <param name="total">What the new weights sum to.</param>
    /// <param name="weights">[K'], updated.</param>
    public static void Raise(ReadOnlySpan<double> risks, ReadOnlySpan<double> initial, double eta, double total, Span<double> weights)
    {
        double largest = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < weights.Length; i++) largest = Math.Max(largest, Exponent(risks, initial, eta, i));
        for (int i = 0; i < weights.Length; i++) sum += weights[i] *= Math.Exp(Exponent(risks, initial, eta, i) - largest);
        for (int i = 0; i < weights.Length && sum > 0; i++) weights[i] *= total / sum;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights) => throw NeedsRows();

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, TaskGradients rows, Span<float> combined, Span<double> weights)
    {
        RequireRows(input, rows, combined, weights);
        Allocate(input.TotalTasks);
        _squares.Prepare(input.TotalTasks, rows.Count);
        int n = weights.Length;
        Span<double> risks = n <= 64 ? stackalloc double[n] : new double[n], initial = n <= 64 ? stackalloc double[n] : new double[n];
        double total = input.TotalTasks;
        foreach (double weight in _weights) total -= weight;
        bool zero = true;
        for (int i = 0; i < n; i++)
        {
            int task = input.TaskOf(i);
            risks[i] = _squares.Update(default(Rule), task, rows.Row(i));
            initial[i] = _initial[task];
            weights[i] = _weights[task];
            total += weights[i];
            if (_initial[task] == 0) _initial[task] = risks[i];
            zero &= risks[i] == 0;
        }

        if (_began) Raise(risks, initial, Eta, total, weights);
        _began = true;
        for (int i = 0; i < n; i++) _weights[input.TaskOf(i)] = weights[i];
        rows.Combine(weights, combined);
        return zero ? BalanceStatus.Degenerate : BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void WriteState(BalancerState state)
    {
        base.WriteState(state);
        if (!_began) return;
        state.Set("weights", _weights);
        state.Set("initial_risks", _initial);
        _squares.Write(state);
    }

    /// <inheritdoc/>
    public override void ReadState(BalancerState state)
    {
        base.ReadState(state);
        Reset();
        if (!state.Doubles.ContainsKey("weights")) return;
        _weights = state.GetDoubles("weights").ToArray();
        _initial = state.GetDoubles("initial_risks").ToArray();
        _squares.Read(state, _weights.Length);
        _began = true;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_weights, _initial, _began) = ([], [], false);
        _squares.Forget();
    }

    private void Allocate(int totalTasks)
    {
        if (_weights.Length > 0) return;
        (_weights, _initial) = (new double[totalTasks], new double[totalTasks]);
        Array.Fill(_weights, 1.0);
    }

    private static double Exponent(ReadOnlySpan<double> risks, ReadOnlySpan<double> initial, double eta, int i) => initial[i] > 0 ? eta * risks[i] / initial[i] : 0;

    // g / sqrt(S + e) is at most 1, so nothing overflows before the product is widened.
    private readonly struct Rule : IRowRule
    {
        public static bool Sums => true;

        public void Apply(Vector<float> gradient, ref Vector<float> memory, out Vector<float> left, out Vector<float> right)
        {
            memory += gradient * gradient;
            left = gradient;
            right = gradient / Vector.SquareRoot(memory + new Vector<float>(Smoothing));
        }
    }
}
