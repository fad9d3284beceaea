namespace Polymath.Tabular.Comparing;

/// <summary>A task of a comparison.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">"binary", "multiclass", "regression" or "count".</param>
/// <param name="Metric">What it is compared by.</param>
/// <param name="HigherIsBetter">Whether a larger metric is better.</param>
/// <param name="Rows">Rows with a label that it was scored on.</param>
public sealed record ComparedTask(string Name, string Kind, string Metric, bool HigherIsBetter, int Rows);
