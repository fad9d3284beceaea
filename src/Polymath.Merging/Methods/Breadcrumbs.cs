using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Drops the largest and the smallest changes of each model and adds the rest.</summary>
/// <remarks>Davari and Belilovsky, Model Breadcrumbs, ECCV 2024</remarks>
public sealed class Breadcrumbs : TaskArithmeticFamily
{
    /// <inheritdoc/>
    public override string Name => "breadcrumbs";

    /// <inheritdoc/>
    public override string Summary => "Drops the largest and the smallest changes of each model and adds the rest.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda sum_m w_m d_m, d_m without the gamma n largest and the smallest beyond density n";

    /// <inheritdoc/>
    public override string Use => "fine-tunes with a few extreme changes";

    /// <inheritdoc/>
    public override string Source => "Davari and Belilovsky, Model Breadcrumbs, ECCV 2024";

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [.. base.ModelParameters, MethodParameter.Number("gamma", 0.01, "share of the largest elements that are dropped")];

    /// <inheritdoc/>
    private protected override SparsifierKind Sparsifier => SparsifierKind.MagnitudeOutliers;
}
