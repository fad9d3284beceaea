namespace Polymath.Learning.Reporting;

/// <summary>The losses after one iteration.</summary>
/// <param name="Block">Its block: "shared", "robust" or "task".</param>
/// <param name="Iteration">Its number in the block, from 1.</param>
/// <param name="Training">Mean loss per training row.</param>
/// <param name="Validation">Mean loss per validation row; NaN without any.</param>
public sealed record IterationLoss(string Block, int Iteration, double Training, double Validation);
