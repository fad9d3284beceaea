namespace Polymath.Merging;

/// <summary>A point of the search.</summary>
/// <param name="Step">Steps taken; 0 for the start.</param>
/// <param name="Coefficients">What each task vector is multiplied by.</param>
/// <param name="Loss">The mean validation loss over tasks.</param>
public sealed record PositionPoint(int Step, IReadOnlyList<float> Coefficients, double Loss);
