using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>Where a run is: which of its fits, and where in it.</summary>
/// <param name="Stage">"multi-task", or "single-task: NAME".</param>
/// <param name="StageNumber">Zero-based.</param>
/// <param name="Stages">Fits in all.</param>
/// <param name="Tasks">The tasks of this fit.</param>
/// <param name="Training">Position in the fit.</param>
public readonly record struct RunProgress(string Stage, int StageNumber, int Stages, TaskSet Tasks, TrainingProgress Training);
