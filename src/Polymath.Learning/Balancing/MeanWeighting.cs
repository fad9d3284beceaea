namespace Polymath.Learning.Balancing;

/// <summary>The mean of the losses of the tasks present. What <see cref="EqualWeighting"/> does as "ew:mean=true", under the name TorchJD gives it.</summary>
/// <remarks>
/// w_k = 1/K'. No parameters.
/// <para>Reference: TorchJD@46962c2 aggregation/_mean.py. TorchJD combines rows of a Jacobian; here one loss is differentiated, which gives the shared
/// parameters the same gradient at the cost of one backward pass, and those of single tasks theirs times the weight.</para>
/// </remarks>
/// <example><code>var balancer = new MeanWeighting();</code></example>
public sealed class MeanWeighting : Balancer
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new("mean", "Mean of the losses (ew:mean=true)", BalancerNeeds.Losses, "baseline", [], _ => new MeanWeighting());

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        weights.Fill(1.0 / input.Tasks);
        return BalanceStatus.Converged;
    }
}
