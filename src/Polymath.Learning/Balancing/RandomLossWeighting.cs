namespace Polymath.Learning.Balancing;

/// <summary>
/// Random loss weighting: new weights every step, the softmax of standard normal draws. A baseline that any balancer should beat
/// (Lin et al., "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning", TMLR 2022).
/// </summary>
/// <remarks>
/// w = softmax(n), n_k ~ N(0, 1): positive, of sum 1. No parameters. The draws come from <see cref="BalanceInput.Random"/> or from <see cref="Draws"/>.
/// <para>Reference: LibMTL@4336804 weighting/RLW.py. No difference. TorchJD calls the rule Random: <see cref="RandomWeighting"/>.</para>
/// </remarks>
/// <example><code>var balancer = new RandomLossWeighting();</code></example>
public sealed class RandomLossWeighting : Balancer
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "rlw",
        "Random loss weighting",
        BalancerNeeds.Losses,
        "Lin, Ye, Zhang, Tsang: Reasonable Effectiveness of Random Weighting, TMLR 2022",
        [],
        _ => new RandomLossWeighting());

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
        Draw(Name, input, Draws, weights);
        Softmax.Of(weights, weights);
        return BalanceStatus.Converged;
    }

    internal static void Draw(string name, in BalanceInput input, INormalSource? source, Span<double> draws)
    {
        if (source is not null)
        {
            source.Fill(draws);
            return;
        }

        if (input.Random is null) throw new BalancerException($"{name}: the step has no random stream, expected one for the weights; set BalanceInput.Random or the Draws of the balancer.");
        for (int i = 0; i < draws.Length; i++) draws[i] = input.Random.NextNormalDouble();
    }
}
