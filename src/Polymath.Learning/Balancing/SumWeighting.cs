namespace Polymath.Learning.Balancing;

/// <summary>The sum of the losses of the tasks present. What <see cref="EqualWeighting"/> does as "ew", under the name TorchJD gives it.</summary>
/// <remarks>
/// w_k = 1. No parameters.
/// <para>Reference: TorchJD@46962c2 aggregation/_sum.py. TorchJD combines rows of a Jacobian; here one loss is differentiated, which gives the shared
/// parameters the same gradient at the cost of one backward pass, and those of single tasks theirs times the weight.</para>
/// </remarks>
/// <example><code>var balancer = new SumWeighting();</code></example>
public sealed class SumWeighting : Balancer
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new("sum", "Sum of the losses (ew)", BalancerNeeds.Losses, "baseline", [], _ => new SumWeighting());

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        weights.Fill(1);
        return BalanceStatus.Converged;
    }
}
