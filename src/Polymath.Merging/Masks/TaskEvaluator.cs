using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>Scores a model on one task, on held-out labelled data: higher is better, an accuracy for example.</summary>
/// <param name="model">The weights.</param>
/// <param name="task">Position of the task.</param>
/// <returns>A finite number of 0 or more.</returns>
public delegate double TaskEvaluator(ModelState model, int task);
