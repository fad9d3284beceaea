using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Drops changes at random, scales up the rest and adds them.</summary>
/// <remarks>Yu et al., Language Models are Super Mario (DARE), ICML 2024</remarks>
public sealed class DareLinear : TaskArithmeticFamily
{
    /// <inheritdoc/>
    public override string Name => "dare_linear";

    /// <inheritdoc/>
    public override string Summary => "Drops changes at random, scales up the rest and adds them.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda sum_m w_m r_m d_m, each element of d_m kept with probability density, r_m the ratio of L1 norms";

    /// <inheritdoc/>
    public override string Use => "many fine-tunes whose changes are small and redundant";

    /// <inheritdoc/>
    public override string Source => "Yu et al., Language Models are Super Mario (DARE), ICML 2024";

    /// <inheritdoc/>
    private protected override bool RescaleDefault => true;

    /// <inheritdoc/>
    private protected override SparsifierKind Sparsifier => SparsifierKind.Random;
}
