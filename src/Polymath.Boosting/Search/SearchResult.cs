namespace Polymath.Boosting;

/// <summary>What a grid search found.</summary>
/// <param name="Criterion">Name of what was compared: "loss" or a metric.</param>
/// <param name="HigherIsBetter">Whether more of it is better.</param>
/// <param name="Points">The points, in the order of the grid.</param>
public sealed record SearchResult(string Criterion, bool HigherIsBetter, IReadOnlyList<PointResult> Points)
{
    /// <summary>The point with the best mean; the first of the grid among equals.</summary>
    /// <exception cref="BoostingException">The criterion is undefined at every point.</exception>
    public PointResult Best
    {
        get
        {
            PointResult? best = null;
            foreach (PointResult point in Points)
            {
                if (!double.IsNaN(point.Mean) && (best is null || (HigherIsBetter ? point.Mean > best.Mean : point.Mean < best.Mean))) best = point;
            }

            return best ?? throw new BoostingException($"{Criterion} is undefined at every point of the grid, so none is best; choose another metric or fewer folds.");
        }
    }
}
