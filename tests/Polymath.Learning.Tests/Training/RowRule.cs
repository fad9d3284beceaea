using Polymath.Learning.Balancing;

namespace Polymath.Tests;

/// <summary>A stateless rule on the inner products, given as a function of them.</summary>
internal sealed class RowRule(string name, RowRule.Function rule) : Balancer
{
    public delegate void Function(ReadOnlySpan<double> gramian, Span<double> weights);

    /// <summary>The mean of the rows.</summary>
    public static RowRule Mean() => new("mean of rows", static (_, weights) => weights.Fill(1.0 / weights.Length));

    public override string Name => name;

    public override BalancerNeeds Needs => BalancerNeeds.Gramian;

    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        rule(input.Gramian, weights);
        return BalanceStatus.Converged;
    }
}
