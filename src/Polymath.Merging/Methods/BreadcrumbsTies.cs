using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Drops the largest and the smallest changes of each model, elects a sign per element and adds the models that agree.</summary>
/// <remarks>Davari and Belilovsky, Model Breadcrumbs, ECCV 2024</remarks>
public sealed class BreadcrumbsTies : TaskArithmeticFamily
{
    /// <inheritdoc/>
    public override string Name => "breadcrumbs_ties";

    /// <inheritdoc/>
    public override string Summary => "Drops the largest and the smallest changes of each model, elects a sign per element and adds the models that agree.";

    /// <inheritdoc/>
    public override string Formula => "as breadcrumbs, with the sign election of ties";

    /// <inheritdoc/>
    public override string Use => "as breadcrumbs, when signs conflict";

    /// <inheritdoc/>
    public override string Source => "Davari and Belilovsky, Model Breadcrumbs, ECCV 2024";

    /// <inheritdoc/>
    private protected override bool ElectsSign => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [.. base.ModelParameters, MethodParameter.Number("gamma", 0.01, "share of the largest elements that are dropped")];

    /// <inheritdoc/>
    private protected override SparsifierKind Sparsifier => SparsifierKind.MagnitudeOutliers;
}
