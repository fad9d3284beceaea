namespace Polymath.Boosting;

/// <summary>One point of a grid.</summary>
/// <param name="Name">Its settings as text, unique in the grid: "shared=20 task=50".</param>
/// <param name="Options">What is boosted.</param>
public sealed record GridPoint(string Name, BoostingOptions Options);
