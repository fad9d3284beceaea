using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Drops changes with a probability that falls with their rank in the row, scales up the rest, elects a sign and averages the models that agree.</summary>
/// <remarks>Deep et al., DELLA-Merging, arXiv 2406.11617</remarks>
public sealed class Della : TaskArithmeticFamily
{
    /// <inheritdoc/>
    public override string Name => "della";

    /// <inheritdoc/>
    public override string Summary => "Drops changes with a probability that falls with their rank in the row, scales up the rest, elects a sign and averages the models that agree.";

    /// <inheritdoc/>
    public override string Formula => "as ties, each element kept with probability from density - epsilon (smallest of its row) to density + epsilon (largest)";

    /// <inheritdoc/>
    public override string Use => "as dare_ties, keeping large changes more often";

    /// <inheritdoc/>
    public override string Source => "Deep et al., DELLA-Merging, arXiv 2406.11617";

    /// <inheritdoc/>
    private protected override bool ElectsSign => true;

    /// <inheritdoc/>
    private protected override bool NormalizeDefault => true;

    /// <inheritdoc/>
    private protected override bool RescaleDefault => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [.. base.ModelParameters, MethodParameter.Number("epsilon", 0.15, "half the range of keep probabilities around the density")];

    /// <inheritdoc/>
    private protected override SparsifierKind Sparsifier => SparsifierKind.MagnitudePrune;
}
