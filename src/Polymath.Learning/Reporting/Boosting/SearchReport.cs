namespace Polymath.Learning.Reporting;

/// <summary>A grid search: what was tried and how well it did on the rows of the folds held out.</summary>
/// <param name="Criterion">Name of what was compared: "loss" or a metric.</param>
/// <param name="HigherIsBetter">Whether more of it is better.</param>
/// <param name="Folds">Number of folds.</param>
/// <param name="Points">The points, in the order of the grid.</param>
public sealed record SearchReport(string Criterion, bool HigherIsBetter, int Folds, IReadOnlyList<SearchPoint> Points)
{
    /// <summary>The points, best first; undefined ones last.</summary>
    public IReadOnlyList<SearchPoint> Ranked => [.. Points.OrderBy(point => double.IsNaN(point.Mean) ? double.PositiveInfinity : HigherIsBetter ? -point.Mean : point.Mean)];
}
