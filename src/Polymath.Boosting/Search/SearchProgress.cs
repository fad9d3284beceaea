namespace Polymath.Boosting;

/// <summary>Where a grid search is.</summary>
/// <param name="Point">The point at work.</param>
/// <param name="Fold">The fold at work, from 0.</param>
/// <param name="Done">Fits finished, also in earlier sessions.</param>
/// <param name="Total">Fits in all.</param>
/// <param name="Fit">How far the fit is; null when it has just begun or was finished in an earlier session.</param>
public readonly record struct SearchProgress(GridPoint Point, int Fold, int Done, int Total, BoostingProgress? Fit);
