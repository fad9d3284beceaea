namespace Polymath.Merging;

/// <summary>One epoch of learning.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">The mean loss of its steps; NaN when none had anything to learn from.</param>
/// <param name="Score">What the epoch is judged by, higher is better: the mean normalised score of the tasks; minus the target's score in negation. NaN without a score.</param>
/// <param name="Control">The control task's score in negation; NaN otherwise.</param>
public sealed record AtlasEpoch(int Epoch, double Loss, double Score, double Control);
