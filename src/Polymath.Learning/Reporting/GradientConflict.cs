namespace Polymath.Learning.Reporting;

/// <summary>How the tasks' gradients of the shared parameters agreed.</summary>
/// <param name="Tasks">Number of tasks K.</param>
/// <param name="Cosines">Cosine between the gradients of each pair, mean over steps: K x K, row-major, NaN where a pair never met.</param>
/// <param name="ConflictRate">Fraction of pairs and steps with a negative cosine, in [0, 1]; NaN when unknown.</param>
/// <param name="Steps">Steps the means are over.</param>
public sealed record GradientConflict(int Tasks, IReadOnlyList<double> Cosines, double ConflictRate, long Steps);
