namespace Polymath.Learning.Reporting;

/// <summary>One epoch; each list has one value per task (NaN where a task had none) or is empty when it was not recorded.</summary>
/// <param name="Epoch">Number of the epoch, from 0.</param>
/// <param name="TrainLoss">Mean training loss per task.</param>
/// <param name="Validation">Primary metric on the validation rows per task.</param>
/// <param name="Weights">Mean weight the balancer gave each task.</param>
public sealed record EpochReport(int Epoch, IReadOnlyList<double> TrainLoss, IReadOnlyList<double> Validation, IReadOnlyList<double> Weights);
