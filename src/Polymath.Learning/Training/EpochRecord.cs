namespace Polymath.Learning.Training;

/// <summary>What one epoch did. Holds nothing that depends on the clock, so a resumed run writes the same record.</summary>
/// <param name="Epoch">Zero-based.</param>
/// <param name="Steps">Optimiser steps so far.</param>
/// <param name="LearningRate">At the end of the epoch.</param>
/// <param name="TrainLoss">Mean training loss of each task over observed rows, <c>[tasks]</c>; NaN when it had none.</param>
/// <param name="Weights">Mean balancer weight of each task over the steps it was present in, <c>[tasks]</c>.</param>
/// <param name="Validation">Scores on the validation rows, <c>[tasks]</c>; empty without a validation set.</param>
/// <param name="Score">Mean of the tasks' primary metrics, larger is better; NaN without a validation set.</param>
/// <param name="ConflictRate">Fraction of task pairs with opposing gradients in this epoch's looked-at steps; NaN if none.</param>
public sealed record EpochRecord(int Epoch, long Steps, double LearningRate, double[] TrainLoss, double[] Weights, IReadOnlyList<TaskScore> Validation, double Score, double ConflictRate)
{
    /// <summary>How the balancer's rule ended, by step.</summary>
    public SolverStatuses Statuses { get; init; } = new(0, 0, 0, 0);

    /// <summary>Mean rise of each task's training loss to the perturbed parameters, over observed rows, <c>[tasks]</c>; empty without <see cref="FlatRegions"/>, NaN when it had none.</summary>
    public double[] Sharpness { get; init; } = [];

    /// <summary>Mean of every term of the representation regulariser over the steps that had it, by name; NaN when none had, empty without a regulariser.</summary>
    public IReadOnlyDictionary<string, double> Regularizer { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);
}
