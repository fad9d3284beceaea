namespace Polymath.Merging.Searching;

/// <summary>One point of a search.</summary>
/// <param name="Values">The parameters' values, in the order of the axes.</param>
/// <param name="Score">What the evaluator gave.</param>
/// <param name="Resumed">Whether the score is of an earlier, interrupted search.</param>
public sealed record SearchTrial(IReadOnlyList<double> Values, double Score, bool Resumed);
