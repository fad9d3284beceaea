using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Drops changes at random, scales up the rest, elects a sign per element and adds the models that agree.</summary>
/// <remarks>Yu et al., Language Models are Super Mario (DARE), ICML 2024</remarks>
public sealed class DareTies : TaskArithmeticFamily
{
    /// <inheritdoc/>
    public override string Name => "dare_ties";

    /// <inheritdoc/>
    public override string Summary => "Drops changes at random, scales up the rest, elects a sign per element and adds the models that agree.";

    /// <inheritdoc/>
    public override string Formula => "as ties, with the random drop and rescaling of dare_linear";

    /// <inheritdoc/>
    public override string Use => "as dare_linear, when signs conflict";

    /// <inheritdoc/>
    public override string Source => "Yu et al., Language Models are Super Mario (DARE), ICML 2024";

    /// <inheritdoc/>
    private protected override bool ElectsSign => true;

    /// <inheritdoc/>
    private protected override bool RescaleDefault => true;

    /// <inheritdoc/>
    private protected override SparsifierKind Sparsifier => SparsifierKind.Random;
}
