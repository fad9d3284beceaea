using Polymath.Learning.Training;

namespace Polymath.Tabular.Tuning;

/// <summary>Where a search is.</summary>
/// <param name="Fraction">The part of all epochs that is done, in [0, 1].</param>
/// <param name="Stage">"trial 3 of 20, rung 1 of 3", or "the best one".</param>
/// <param name="Training">Position in the training; null at its start.</param>
public readonly record struct TuningProgress(double Fraction, string Stage, TrainingProgress? Training);
