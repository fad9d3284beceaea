namespace Polymath.Learning.Balancing;

/// <summary>
/// Equal weighting: the baseline every balancer is compared with. The loss is the sum of the task losses (w_k = 1), or with
/// <see cref="Mean"/> their mean (w_k = 1/K').
/// </summary>
/// <remarks>
/// Reference: LibMTL@4336804 weighting/EW.py, which documents 1/K but uses 1; the code is followed. TorchJD@46962c2 calls
/// the two Sum and Mean. Sum and mean differ by a factor K in the effective learning rate. No other difference.
/// <para>Parameters: mean = false (sum of the losses).</para>
/// </remarks>
/// <example><code>var balancer = new EqualWeighting();</code></example>
public sealed class EqualWeighting : Balancer
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "ew",
        "Equal weighting",
        BalancerNeeds.Losses,
        "baseline",
        [new BalancerParameter("mean", BalancerParameterKind.Flag, "false", "Divide by the number of tasks present: the mean of the losses instead of their sum.")],
        arguments => new EqualWeighting(arguments.Flag("mean")));

    /// <summary>The sum, or the mean, of the losses.</summary>
    /// <param name="mean">Whether to divide by the number of tasks present.</param>
    public EqualWeighting(bool mean = false) => Mean = mean;

    /// <summary>Whether the weights are 1/K' instead of 1.</summary>
    public bool Mean { get; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Mean);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        weights.Fill(Mean ? 1.0 / input.Tasks : 1.0);
        return BalanceStatus.Converged;
    }
}
