using Polymath.Learning.Balancing;

namespace Polymath.Tests;

/// <summary>Weights that follow 1 / ||g|| slowly, by task: a rule on gradients with a state.</summary>
internal sealed class SlowWeights : Balancer
{
    private double[] _weights = [];

    public override string Name => "slow";

    public override BalancerNeeds Needs => BalancerNeeds.Gramian;

    public override void Prepare(int totalTasks)
    {
        if (_weights.Length != totalTasks) _weights = [.. Enumerable.Repeat(1.0, totalTasks)];
    }

    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Prepare(input.TotalTasks);
        for (int i = 0; i < weights.Length; i++)
        {
            ref double weight = ref _weights[input.TaskOf(i)];
            weight = (0.8 * weight) + (0.2 / (0.1 + Math.Sqrt(input.Gramian[(i * input.Tasks) + i])));
            weights[i] = weight;
        }

        return BalanceStatus.Converged;
    }

    public override void WriteState(BalancerState state) => state.Set("weights", (ReadOnlySpan<double>)_weights);

    public override void ReadState(BalancerState state) => _weights = state.GetDoubles("weights").ToArray();

    public override void Reset() => _weights = [];
}
