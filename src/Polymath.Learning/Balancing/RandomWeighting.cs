namespace Polymath.Learning.Balancing;

/// <summary>The rule of <see cref="RandomLossWeighting"/> under the name TorchJD gives it: weights that are the softmax of standard normal draws.</summary>
/// <remarks>
/// w = softmax(n), n_k ~ N(0, 1): positive, of sum 1. No parameters.
/// <para>Reference: TorchJD@46962c2 aggregation/_random.py. TorchJD weighs rows of a Jacobian; here one weighted loss is differentiated, which gives
/// the shared parameters the same gradient at the cost of one backward pass, and those of single tasks theirs times the weight.</para>
/// </remarks>
/// <example><code>var balancer = new RandomWeighting();</code></example>
public sealed class RandomWeighting : Balancer
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "random",
        "Random weighting (rlw)",
        BalancerNeeds.Losses,
        "Lin, Ye, Zhang, Tsang: Reasonable Effectiveness of Random Weighting, TMLR 2022",
        [],
        _ => new RandomWeighting());

    /// <summary>Injected draws; null takes them from <see cref="BalanceInput.Random"/>.</summary>
    public INormalSource? Draws { get; init; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        RandomLossWeighting.Draw(Name, input, Draws, weights);
        Softmax.Of(weights, weights);
        return BalanceStatus.Converged;
    }
}
