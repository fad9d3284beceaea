namespace Polymath.Boosting;

/// <summary>How well one point did.</summary>
/// <param name="Point">The point.</param>
/// <param name="Folds">Its scores by fold.</param>
public sealed record PointResult(GridPoint Point, IReadOnlyList<FoldScore> Folds)
{
    /// <summary>Mean score over folds; NaN when one is undefined.</summary>
    public double Mean { get; } = Folds.Average(fold => fold.Score);

    /// <summary>Standard deviation of the score over folds.</summary>
    public double Deviation { get; } = Math.Sqrt(Folds.Sum(fold => Square(fold.Score - Folds.Average(other => other.Score))) / Math.Max(1, Folds.Count - 1));

    private static double Square(double value) => value * value;
}
