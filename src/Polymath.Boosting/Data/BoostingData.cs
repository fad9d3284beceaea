using System.Globalization;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// What a booster learns from, in one of two forms: rows that each belong to one task, with one target; or several targets per row, each
/// of them a task. A label that is NaN is unobserved: it has no gradient, no part in a leaf and no place in a metric.
/// </summary>
/// <example><code>
/// BoostingData data = BoostingData.Regression(new FeatureMatrix(x, width: 3), y, tasks: ["a", "a", "b"]);
/// </code></example>
public sealed class BoostingData
{
    private float[][]? _columns;
    private double _observedWeight = double.NaN;

    /// <summary>Data in either form.</summary>
    /// <param name="features">The rows.</param>
    /// <param name="targets">What to predict: one target when there are tasks, else one or more.</param>
    /// <param name="labels"><c>[rows, targets]</c>, row-major: numbers, or class codes; NaN where unobserved.</param>
    /// <param name="tasks">The tasks that rows belong to; null when every target is a task.</param>
    /// <param name="taskOfRow">The task number of each row, with <paramref name="tasks"/>.</param>
    /// <param name="weights">A weight of each row, 0 or more; null weighs all alike.</param>
    /// <exception cref="BoostingException">The parts do not fit each other, or a value is out of range; the message names the row.</exception>
    public BoostingData(FeatureMatrix features, IReadOnlyList<BoostingTarget> targets, float[] labels, TaskIndex? tasks = null, int[]? taskOfRow = null, float[]? weights = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(labels);
        (Features, Targets, Labels, Tasks, TaskOfRow, Weights) = (features, targets, labels, tasks, taskOfRow, weights);
        CheckShapes();
        CheckLabels();
        CheckRows();
    }

    /// <summary>The rows.</summary>
    public FeatureMatrix Features { get; }

    /// <summary>Number of rows.</summary>
    public int Rows => Features.Rows;

    /// <summary>What is predicted.</summary>
    public IReadOnlyList<BoostingTarget> Targets { get; }

    /// <summary><c>[rows, targets]</c>, row-major; NaN where unobserved.</summary>
    public float[] Labels { get; }

    /// <summary>The tasks that rows belong to; null when every target is a task.</summary>
    public TaskIndex? Tasks { get; }

    /// <summary>The task number of each row; null when every target is a task.</summary>
    public int[]? TaskOfRow { get; }

    /// <summary>The weight of each row; null when all weigh alike.</summary>
    public float[]? Weights { get; }

    /// <summary>Weight of the rows with a label; a row counts once even if several of its labels are observed.</summary>
    internal double ObservedWeight
    {
        get
        {
            if (!double.IsNaN(_observedWeight)) return _observedWeight;
            double sum = 0;
            for (int row = 0; row < Rows; row++)
            {
                if (Labels.AsSpan(row * Targets.Count, Targets.Count).ContainsAnyExcept(float.NaN)) sum += Weights?[row] ?? 1;
            }

            return _observedWeight = sum;
        }
    }

    /// <summary>One number per row to predict.</summary>
    /// <param name="features">The rows.</param>
    /// <param name="labels">The number of each row; NaN where unobserved.</param>
    /// <param name="tasks">The task label of each row; null for a single task.</param>
    /// <param name="weights">A weight of each row; null weighs all alike.</param>
    public static BoostingData Regression(FeatureMatrix features, float[] labels, IReadOnlyList<string>? tasks = null, float[]? weights = null)
        => Of(features, new BoostingTarget("y", TargetKind.Regression, []), labels, tasks, weights);

    /// <summary>One class per row to predict: binary with two classes, multiclass with more.</summary>
    /// <param name="features">The rows.</param>
    /// <param name="labels">The class code of each row, in [0, classes); NaN where unobserved.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <param name="tasks">The task label of each row; null for a single task.</param>
    /// <param name="weights">A weight of each row; null weighs all alike.</param>
    public static BoostingData Classification(FeatureMatrix features, float[] labels, int classes, IReadOnlyList<string>? tasks = null, float[]? weights = null)
        => Of(features, new BoostingTarget("y", classes == 2 ? TargetKind.Binary : TargetKind.Multiclass, [.. Enumerable.Range(0, Math.Max(classes, 0)).Select(code => code.ToString(CultureInfo.InvariantCulture))]), labels, tasks, weights);

    /// <summary>An encoded table with targets.</summary>
    /// <param name="table">Encoded with <see cref="EncoderOptions.KeepMissing"/> and without <see cref="EncoderOptions.StandardiseTargets"/>.</param>
    /// <param name="weights">A weight of each row; null weighs all alike.</param>
    public static BoostingData From(EncodedTable table, float[]? weights = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Targets is null) throw new BoostingException("the table was encoded without targets, expected them.");
        FeatureMatrix features = FeatureMatrix.From(table);
        if (table.TaskOfRow is null) return new BoostingData(features, [.. table.Tasks.Select(task => new BoostingTarget(task.Name, task.Kind, task.Classes))], table.Targets, weights: weights);
        TaskDescription first = table.Tasks[0];
        return new BoostingData(features, [new BoostingTarget("target", first.Kind, first.Classes)], table.Targets, new TaskIndex(table.Tasks.Select(task => task.Name)), table.TaskOfRow, weights);
    }

    /// <summary>The given rows, in the given order; tasks keep their numbers, also those without a row.</summary>
    /// <param name="rows">Row numbers.</param>
    public BoostingData Take(ReadOnlySpan<int> rows)
    {
        float[] labels = new float[rows.Length * Targets.Count];
        for (int i = 0; i < rows.Length; i++) Labels.AsSpan(rows[i] * Targets.Count, Targets.Count).CopyTo(labels.AsSpan(i * Targets.Count));
        return new BoostingData(Features.Take(rows), Targets, labels, Tasks, Gather(TaskOfRow, rows), Gather(Weights, rows));
    }

    /// <summary>The labels of one target, <c>[rows]</c>.</summary>
    internal float[] LabelColumn(int target) => (_columns ??= Columns())[target];

    private float[][] Columns()
    {
        if (Targets.Count == 1) return [Labels];
        float[][] columns = [.. Targets.Select(_ => new float[Rows])];
        for (int i = 0; i < Labels.Length; i++) columns[i % columns.Length][i / columns.Length] = Labels[i];
        return columns;
    }

    private static BoostingData Of(FeatureMatrix features, BoostingTarget target, float[] labels, IReadOnlyList<string>? tasks, float[]? weights)
    {
        if (tasks is null) return new BoostingData(features, [target], labels, weights: weights);
        var index = TaskIndex.Of(tasks);
        return new BoostingData(features, [target], labels, index, index.Find(tasks), weights);
    }

    private static T[]? Gather<T>(T[]? values, ReadOnlySpan<int> rows)
    {
        if (values is null) return null;
        T[] taken = new T[rows.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = values[rows[i]];
        return taken;
    }

    private void CheckShapes()
    {
        if (Targets.Count == 0) throw new BoostingException("there is no target, expected at least one.");
        if (Labels.Length != (long)Rows * Targets.Count) throw new BoostingException($"found {Labels.Length} labels for {Rows} rows, expected {Targets.Count} per row.");
        if ((Tasks is null) != (TaskOfRow is null)) throw new BoostingException("tasks and the task of each row come together, found one without the other.");
        if (Tasks is not null && Targets.Count != 1) throw new BoostingException($"rows belong to tasks and there are {Targets.Count} targets, expected one target then.");
        if (TaskOfRow is not null && TaskOfRow.Length != Rows) throw new BoostingException($"found {TaskOfRow.Length} task numbers for {Rows} rows, expected one per row.");
        if (Weights is not null && Weights.Length != Rows) throw new BoostingException($"found {Weights.Length} weights for {Rows} rows, expected one per row.");
    }

    private void CheckLabels()
    {
        for (int target = 0; target < Targets.Count; target++)
        {
            (string name, TargetKind kind, IReadOnlyList<string> classes) = Targets[target];
            if (kind is TargetKind.Auto) throw new BoostingException($"target '{name}' is of kind Auto, expected a settled kind.");
            bool coded = kind is TargetKind.Binary or TargetKind.Multiclass;
            if (coded && classes.Count < 2) throw new BoostingException($"target '{name}' has {classes.Count} class{(classes.Count == 1 ? string.Empty : "es")}, expected at least two.");
            for (int row = 0; row < Rows; row++)
            {
                float label = Labels[(row * Targets.Count) + target];
                if (float.IsNaN(label)) continue;
                bool valid = coded ? label >= 0 && label < classes.Count && label == MathF.Floor(label) : float.IsFinite(label) && !(kind == TargetKind.Count && label < 0);
                if (!valid) throw new BoostingException($"target '{name}', row {row + 1}: found {label}, expected {(coded ? $"a class code in [0, {classes.Count})" : kind == TargetKind.Count ? "a count of 0 or more" : "a finite number")}, or NaN for missing.");
            }
        }
    }

    private void CheckRows()
    {
        for (int row = 0; row < Rows && TaskOfRow is not null; row++)
        {
            if ((uint)TaskOfRow[row] >= (uint)Tasks!.Count) throw new BoostingException($"row {row + 1}: found task number {TaskOfRow[row]}, expected a number in [0, {Tasks.Count}).");
        }

        for (int row = 0; row < Rows && Weights is not null; row++)
        {
            if (!(Weights[row] >= 0 && float.IsFinite(Weights[row]))) throw new BoostingException($"row {row + 1}: found the weight {Weights[row]}, expected a finite number of 0 or more.");
        }
    }
}
