namespace Polymath.Learning.Balancing;

/// <summary>
/// Geometric loss strategy: the loss is the geometric mean of the task losses, which no task's unit can dominate
/// (Chennupati et al., "MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss Strategy for Multi-Task Learning", CVPR workshops 2019).
/// </summary>
/// <remarks>
/// L = (prod_k L_k)^(1/K), so w_k = dL/dL_k = L / (K L_k): multiplying one loss by s multiplies the update by s^(1/K) and changes nothing else.
/// Every loss has to be positive. No parameters.
/// <para>Reference: LibMTL@4336804 weighting/GLS.py. Differs in the arithmetic only: exp(mean(log L_k)) in float64 instead of a float32
/// product that underflows. LibMTL reports L_k / (K prod L) as the weights, which is not what it applies; the weights here are those applied.</para>
/// </remarks>
/// <example><code>var balancer = new GLS();</code></example>
public sealed class GLS : Balancer
{
    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "gls",
        "Geometric loss strategy",
        BalancerNeeds.Losses,
        "Chennupati, Sistu, Yogamani, Rawashdeh: MultiNet++, CVPR workshops 2019",
        [],
        _ => new GLS());

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule: derivatives of the geometric mean.</summary>
    /// <param name="losses">[K], all positive.</param>
    /// <param name="weights">[K], overwritten.</param>
    public static void Weights(ReadOnlySpan<float> losses, Span<double> weights)
    {
        double logarithms = 0;
        foreach (float loss in losses) logarithms += Math.Log(loss);
        double mean = Math.Exp(logarithms / losses.Length);
        for (int i = 0; i < weights.Length; i++) weights[i] = mean / (losses.Length * (double)losses[i]);
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        for (int i = 0; i < weights.Length; i++)
        {
            if (input.Losses[i] <= 0) throw new BalancerException($"{Name}: the loss of task {input.TaskOf(i)} is {input.Losses[i]}, expected a positive number to take the geometric mean of; add a constant to that loss or use another balancer.", input.TaskOf(i));
        }

        Weights(input.Losses, weights);
        return BalanceStatus.Converged;
    }
}
