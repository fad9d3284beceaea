namespace Polymath.Learning.Reporting;

/// <summary>One point of a grid.</summary>
/// <param name="Name">Its settings: "shared=20 task=50".</param>
/// <param name="Mean">Mean of the criterion over folds; NaN when undefined.</param>
/// <param name="Deviation">Standard deviation over folds.</param>
/// <param name="Chosen">Whether the final model was fitted with it.</param>
public sealed record SearchPoint(string Name, double Mean, double Deviation, bool Chosen);
