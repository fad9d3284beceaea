using Polymath.Learning.Balancing;

namespace Polymath.Tests;

/// <summary>Equal weights over the Gramian's rows, remembering which tasks were present.</summary>
internal sealed class RecordingBalancer : Balancer
{
    public List<int[]> Present { get; } = [];

    public override string Name => "recording";

    public override BalancerNeeds Needs => BalancerNeeds.Gramian;

    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        Present.Add(input.Active.ToArray());
        weights.Fill(1);
        return BalanceStatus.Converged;
    }
}
