using Polymath.Learning.Metrics;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>Predictions and scores of a model on a data set, always over whole sets and never averaged over batches.</summary>
public static class Evaluation
{
    private const int ChunkRows = 4096;
    private const ulong OrderSeed = 1;
    private const string WithinGroups = "gauc";

    // R2 has no lower bound: on a task with a handful of rows it can reach minus hundreds and drown every other task in the mean.
    private const double UtilityFloor = -1;

    /// <summary>
    /// Predictions of every task: probabilities for classes, numbers in the label's own units. Rows that see each other meet in a random order, always
    /// the same for a number of rows, as batches were in training: in the order of a file they may all be of one user or one day.
    /// </summary>
    /// <param name="model">Put into inference mode.</param>
    /// <param name="data">The rows.</param>
    /// <returns>One array per task, <c>[rows, task outputs]</c> row-major.</returns>
    public static float[][] Predict(MultiTaskModel model, Dataset data)
    {
        model.Evaluate();
        TaskSet tasks = model.Tasks;
        float[][] predictions = [.. tasks.Select(task => new float[data.Rows * task.Outputs])];
        var outputs = new Tensor[tasks.Count];
        int[] rows = new int[Math.Min(ChunkRows, data.Rows)], order = model.RowsInteract ? new int[data.Rows] : [];
        if (model.RowsInteract) new RandomStream(OrderSeed).FillPermutation(order);
        Batch? batch = null;
        using var tape = new Tape();
        using (Tape.NoGradient())
        {
            for (int start = 0; start < data.Rows; start += ChunkRows)
            {
                tape.Reset();
                Span<int> chunk = rows.AsSpan(0, Math.Min(ChunkRows, data.Rows - start));
                for (int i = 0; i < chunk.Length; i++) chunk[i] = order.Length == 0 ? start + i : order[start + i];
                batch = data.Gather(chunk, batch);
                model.Forward(batch, outputs);
                for (int k = 0; k < outputs.Length; k++)
                {
                    int width = tasks[k].Outputs;
                    ReadOnlySpan<float> answers = Answer(tasks[k], outputs[k]).Span;
                    for (int i = 0; i < chunk.Length; i++) answers.Slice(i * width, width).CopyTo(predictions[k].AsSpan(chunk[i] * width));
                }
            }
        }

        return predictions;
    }

    /// <summary>Scores of every task over the rows that carry its label.</summary>
    public static IReadOnlyList<TaskScore> Score(MultiTaskModel model, Dataset data) => Score(model.Tasks, Predict(model, data), data);

    /// <summary>Scores of predictions made by <see cref="Predict"/>.</summary>
    public static IReadOnlyList<TaskScore> Score(TaskSet tasks, float[][] predictions, Dataset data)
    {
        var scores = new TaskScore[tasks.Count];
        for (int k = 0; k < scores.Length; k++)
        {
            (float[] labels, float[] answers) = Observed(tasks[k], k, predictions[k], data);
            scores[k] = Score(tasks[k], labels, answers, GroupsOf(k, data));
        }

        return scores;
    }

    /// <summary>The rows of one task that carry a label: labels in their own units, and the predictions for them.</summary>
    /// <param name="task">The task.</param>
    /// <param name="index">Its position in the data.</param>
    /// <param name="predictions">Predictions for all rows, <c>[rows, task outputs]</c>.</param>
    /// <param name="data">The rows.</param>
    public static (float[] Labels, float[] Predictions) Observed(Target task, int index, ReadOnlySpan<float> predictions, Dataset data)
    {
        var labels = new List<float>(data.Rows);
        var answers = new List<float>(data.Rows * task.Outputs);
        for (int row = 0; row < data.Rows; row++)
        {
            float label = data.Label(row, index);
            if (float.IsNaN(label)) continue;
            labels.Add(task.Kind == TaskKind.Regression ? (label * task.Deviation) + task.Mean : label);
            answers.AddRange(predictions.Slice(row * task.Outputs, task.Outputs));
        }

        return ([.. labels], [.. answers]);
    }

    /// <summary>
    /// The mean of the tasks' primary metrics, each turned so that larger is better; undefined ones are left out, and an R2 below -1
    /// counts as -1.
    /// </summary>
    public static double MeanUtility(IReadOnlyList<TaskScore> scores)
    {
        double[] defined = [.. scores.Where(score => !double.IsNaN(score.Utility)).Select(score => score.Primary == "r2" ? Math.Max(UtilityFloor, score.Utility) : score.Utility)];
        return defined.Length == 0 ? double.NaN : defined.Average();
    }

    /// <summary>The primary metric of a task: the one it names, else the first of its kind.</summary>
    public static Metric PrimaryMetric(Target task) => task.Metric is { } name ? Metric.Find(KindOf(task), name) : Metric.Of(KindOf(task)).First();

    /// <summary>The score of one task from its labels and the predictions for them, both in the label's own units.</summary>
    /// <param name="task">The task.</param>
    /// <param name="labels"><c>[n]</c> observed labels.</param>
    /// <param name="answers"><c>[n, task outputs]</c> predictions.</param>
    /// <param name="groups"><c>[n]</c> group of each row, negative for none: binary tasks then also get their AUC within groups, "gauc". Empty for no groups.</param>
    public static TaskScore Score(Target task, ReadOnlySpan<float> labels, ReadOnlySpan<float> answers, ReadOnlySpan<int> groups = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        Metric primary = PrimaryMetric(task);
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Metric metric in Metric.Of(KindOf(task)))
        {
            values[metric.Name] = labels.Length == 0 ? double.NaN : metric.Evaluate(labels, answers, task.ClassCount).Value;
        }

        if (!groups.IsEmpty && task.Kind == TaskKind.Binary) values[WithinGroups] = GroupAuc(labels, answers, groups);
        return new TaskScore(task.Name, primary.Name, primary.HigherIsBetter, labels.Length, values);
    }

    /// <summary>Groups of the rows that carry a task's label; empty without groups.</summary>
    private static int[] GroupsOf(int task, Dataset data)
        => data.HasGroups ? [.. Enumerable.Range(0, data.Rows).Where(row => !float.IsNaN(data.Label(row, task))).Select(data.Group)] : [];

    /// <summary>AUC over the rows that have a group.</summary>
    private static double GroupAuc(ReadOnlySpan<float> labels, ReadOnlySpan<float> answers, ReadOnlySpan<int> groups)
    {
        var kept = new List<int>(groups.Length);
        for (int i = 0; i < groups.Length; i++)
        {
            if (groups[i] >= 0) kept.Add(i);
        }

        float[] y = new float[kept.Count], p = new float[kept.Count];
        int[] g = new int[kept.Count];
        for (int i = 0; i < y.Length; i++) (y[i], p[i], g[i]) = (labels[kept[i]], answers[kept[i]], groups[kept[i]]);
        return BinaryMetrics.GroupAuc<float>(y, p, g).Value;
    }

    /// <summary>What a model's output says: probabilities for classes, numbers in the label's own units, rates for counts.</summary>
    /// <param name="task">The task.</param>
    /// <param name="output">Logits or standardised numbers, <c>[rows, task outputs]</c>.</param>
    public static Tensor Answer(Target task, Tensor output) => task.Kind switch
    {
        TaskKind.Binary => (task.LogitShift == 0 ? output : output + task.LogitShift).Sigmoid(),
        TaskKind.MultiClass => output.Softmax(),
        TaskKind.Count => output.Exp(),
        _ => (output * task.Deviation) + task.Mean,
    };

    private static MetricKind KindOf(Target task) => task.Kind switch
    {
        TaskKind.Binary => MetricKind.Binary,
        TaskKind.MultiClass => MetricKind.MultiClass,
        _ => MetricKind.Regression,
    };
}
