namespace Polymath.Learning.Reporting;

/// <summary>How a task mixes the outlier and the non-outlier ensemble.</summary>
/// <param name="Task">The task.</param>
/// <param name="Weight">sigmoid(theta), in [0, 1]; which end is which is arbitrary.</param>
/// <param name="Score">Distance to the median weight of all tasks, in [0, 1].</param>
public sealed record TaskMix(string Task, double Weight, double Score);
