using Polymath.Merging.Blending;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Methods;

/// <summary>Global TIES without the elements that fewer than k tasks need.</summary>
/// <remarks>Wang et al., ICML 2024.</remarks>
public sealed class ConsensusTies : ConsensusFamily
{
    /// <inheritdoc/>
    public override string Name => "consensus_ties";

    /// <inheritdoc/>
    public override string Summary => "Global TIES (sum) without the elements that fewer than k tasks need.";

    /// <inheritdoc/>
    public override string Formula => "as consensus_ta, with d the task vector of ties_global";

    /// <inheritdoc/>
    public override string Use => "as consensus_ta, when signs conflict as well";

    /// <inheritdoc/>
    public override bool NeedsSurvey => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [.. base.Parameters, MethodParameter.Number("K", 20, "share that TIES keeps: percent from 1 on, a fraction below") with { Minimum = 0, Maximum = 100 }];

    /// <inheritdoc/>
    public override object? Survey(IReadOnlyCollection<TensorMerge> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.Count == 0 ? null : new GlobalTrim([.. tensors.Select(Checked)], tensors.First().Parameters.Number("K"));
    }

    /// <inheritdoc/>
    private protected override Action<Block> Joiner(TensorMerge tensor)
    {
        GlobalTrim trim = tensor.Survey as GlobalTrim ?? new GlobalTrim([tensor], tensor.Parameters.Number("K"));
        return block => trim.Join(tensor, block, TiesAggregation.Sum);
    }
}
