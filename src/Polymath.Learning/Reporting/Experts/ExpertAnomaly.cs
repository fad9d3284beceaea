namespace Polymath.Learning.Reporting;

/// <summary>A failure of experts (Wang et al. 2025, section 1) that figures show.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Level">Layer, from 0.</param>
/// <param name="Subject">The expert, or for under-fitting the task or group.</param>
/// <param name="Sentence">What was measured, as a sentence.</param>
public sealed record ExpertAnomaly(ExpertAnomalyKind Kind, int Level, string Subject, string Sentence);
