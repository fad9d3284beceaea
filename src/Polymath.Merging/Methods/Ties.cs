using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Keeps the largest changes of each model, elects a sign per element and averages the models that agree.</summary>
/// <remarks>Yadav et al., TIES-Merging: Resolving Interference When Merging Models, NeurIPS 2023</remarks>
public sealed class Ties : TaskArithmeticFamily
{
    /// <inheritdoc/>
    public override string Name => "ties";

    /// <inheritdoc/>
    public override string Summary => "Keeps the largest changes of each model, elects a sign per element and averages the models that agree.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda sum_m w_m d_m [sign = elected] / sum_m w_m [sign = elected], d_m = the density n largest of x_m - b";

    /// <inheritdoc/>
    public override string Use => "fine-tunes that pull the same weights in opposite directions";

    /// <inheritdoc/>
    public override string Source => "Yadav et al., TIES-Merging: Resolving Interference When Merging Models, NeurIPS 2023";

    /// <inheritdoc/>
    private protected override bool ElectsSign => true;

    /// <inheritdoc/>
    private protected override bool NormalizeDefault => true;

    /// <inheritdoc/>
    private protected override SparsifierKind Sparsifier => SparsifierKind.Magnitude;
}
