namespace Polymath.Boosting;

/// <summary>How well one point did on one fold.</summary>
/// <param name="Point">Name of the point.</param>
/// <param name="Fold">Number of the fold, from 0.</param>
/// <param name="Loss">Mean loss of the rows held out.</param>
/// <param name="Score">What the search compares, on the rows held out; NaN when it is undefined there.</param>
public readonly record struct FoldScore(string Point, int Fold, double Loss, double Score);
