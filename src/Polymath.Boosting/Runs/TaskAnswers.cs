using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Boosting.Runs;

/// <summary>The labels of one task and the predictions for them, in the label's own units.</summary>
/// <param name="Task">The task.</param>
/// <param name="Labels"><c>[n]</c> observed labels.</param>
/// <param name="Predictions"><c>[n, task outputs]</c>.</param>
internal sealed record TaskAnswers(Target Task, float[] Labels, float[] Predictions)
{
    /// <summary>What rows of a task unknown to training are listed under.</summary>
    public const string Unknown = "(unknown)";

    /// <summary>The score.</summary>
    public TaskScore Score() => Evaluation.Score(Task, Labels, Predictions);

    /// <summary>The answers of every task, in order; rows of unknown tasks, if there are any, come last.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="rows">Rows with targets.</param>
    public static TaskAnswers[] Of(BoostedModel model, IReadOnlyList<Target> tasks, EncodedTable rows)
    {
        double[] predictions = model.Predict(FeatureMatrix.From(rows), rows.TaskOfRow);
        float[][] byTarget = [.. model.Targets.Select((_, target) => TargetPredictions.Of(model, predictions, target))];
        bool anyUnknown = rows.TaskOfRow?.Contains(-1) ?? false;
        Target[] listed = anyUnknown ? [.. tasks, tasks[0] with { Name = Unknown }] : [.. tasks];
        var labels = new List<float>[listed.Length];
        var answers = new List<float>[listed.Length];
        for (int task = 0; task < listed.Length; task++) (labels[task], answers[task]) = ([], []);
        for (int row = 0; row < rows.Rows; row++)
        {
            if (rows.TaskOfRow is { } taskOfRow) Add(row, taskOfRow[row] < 0 ? tasks.Count : taskOfRow[row], byTarget[0], rows.Targets![row]);
            else
            {
                for (int task = 0; task < tasks.Count; task++) Add(row, task, byTarget[task], rows.Targets![(row * tasks.Count) + task]);
            }
        }

        return [.. listed.Select((task, at) => new TaskAnswers(task, [.. labels[at]], [.. answers[at]]))];

        void Add(int row, int task, float[] predicted, float label)
        {
            if (float.IsNaN(label)) return;
            int outputs = predicted.Length / rows.Rows;
            labels[task].Add(label);
            answers[task].AddRange(predicted.AsSpan(row * outputs, outputs));
        }
    }
}
