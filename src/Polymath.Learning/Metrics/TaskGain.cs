namespace Polymath.Learning.Metrics;

/// <summary>One metric of one task, with multi-task training and with the single-task baseline.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="HigherIsBetter">Whether larger is better.</param>
/// <param name="Baseline">The single-task value; null when it was not measured, which is an error, never a reason to invent one.</param>
/// <param name="Value">The multi-task value.</param>
public readonly record struct TaskGain(string Task, string Metric, bool HigherIsBetter, double? Baseline, double Value);
