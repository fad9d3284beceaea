using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>How much of the experts a merged model keeps: the mean over tasks of its score divided by that of the task's own model.</summary>
public static class NormalizedScore
{
    /// <summary>Scores the experts once, and makes the function.</summary>
    /// <param name="tuned">The fine-tuned models, one per task.</param>
    /// <param name="evaluator">Scores a model on a task.</param>
    /// <exception cref="MergeException">An expert has no score above 0 on its own task.</exception>
    public static Func<ModelState, double> Of(IReadOnlyList<ModelState> tuned, TaskEvaluator evaluator)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        ArgumentNullException.ThrowIfNull(evaluator);
        double[] own = new double[tuned.Count];
        for (int task = 0; task < own.Length; task++)
        {
            own[task] = evaluator(tuned[task], task);
            if (!(own[task] > 0)) throw new MergeException($"task {task}: its own model scores {own[task]}, expected more than 0; nothing can be normalised by it.");
        }

        return model =>
        {
            double sum = 0;
            for (int task = 0; task < own.Length; task++) sum += evaluator(model, task) / own[task];
            return sum / own.Length;
        };
    }
}
