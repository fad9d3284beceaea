using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>A column to predict.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is; not <see cref="TargetKind.Auto"/>.</param>
/// <param name="Classes">Labels of the classes in code order; empty for regression and counts.</param>
public sealed record BoostingTarget(string Name, TargetKind Kind, IReadOnlyList<string> Classes);
