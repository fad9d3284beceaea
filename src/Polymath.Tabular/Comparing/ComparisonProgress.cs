using Polymath.Learning.Training;

namespace Polymath.Tabular.Comparing;

/// <summary>Where a comparison is.</summary>
/// <param name="Done">Trainings that are finished.</param>
/// <param name="Total">Trainings in all.</param>
/// <param name="Cell">What is being trained.</param>
/// <param name="Repeat">Which of its trainings, from 0.</param>
/// <param name="Repeats">How many there are of each.</param>
/// <param name="Training">Position in the training; null at its start.</param>
public readonly record struct ComparisonProgress(int Done, int Total, ComparisonCell Cell, int Repeat, int Repeats, TrainingProgress? Training)
{
    /// <summary>The part of the grid that is done, in [0, 1].</summary>
    public double Fraction => Total == 0 ? 1 : (Done + (Training is { } at ? Math.Min(1, (at.Epoch + (at.Steps == 0 ? 0 : (double)at.Step / at.Steps)) / Math.Max(1, at.Epochs)) : 0)) / Total;
}
