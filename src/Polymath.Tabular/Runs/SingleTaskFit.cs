using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>The single-task model of one task, trained with the same budget on the rows that carry its label.</summary>
/// <param name="Task">Position of the task.</param>
/// <param name="Validation">Score on the validation rows; null without any.</param>
/// <param name="Test">Score on the test rows; null without any.</param>
/// <param name="GainDeviation">Standard deviation of the multi-task model's gain over resampled rows, in percentage points; null when undefined.</param>
internal sealed record SingleTaskFit(int Task, TaskScore? Validation, TaskScore? Test, double? GainDeviation);
