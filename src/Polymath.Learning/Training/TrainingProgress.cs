namespace Polymath.Learning.Training;

/// <summary>Where a running fit is; reported several times a second.</summary>
/// <param name="Epoch">Zero-based epoch.</param>
/// <param name="Epochs">Epochs at most.</param>
/// <param name="Step">Step within the epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="RowsPerSecond">Training rows per second of this session.</param>
/// <param name="Finished">The epoch that just ended, if one did.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double RowsPerSecond, EpochRecord? Finished);
