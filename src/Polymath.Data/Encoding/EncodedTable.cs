namespace Polymath.Data;

/// <summary>
/// Rows as a model takes them: numbers, category ids, lists of ids and targets. Two forms of targets: several target columns (dense
/// <c>[rows, tasks]</c>, NaN where unobserved), or a task column with one target (one value and one task number per row).
/// <see cref="Target"/> hides the difference.
/// </summary>
public sealed class EncodedTable
{
    internal EncodedTable(int rows, IReadOnlyList<string> numericNames, IReadOnlyList<CategoricalField> fields, IReadOnlyList<TaskDescription> tasks, float[] numeric, int[] categories, float[]? targets, int[]? taskOfRow, IReadOnlyList<EncodedSequence> sequences)
    {
        Rows = rows;
        NumericNames = numericNames;
        Fields = fields;
        Tasks = tasks;
        Numeric = numeric;
        Categories = categories;
        Targets = targets;
        TaskOfRow = taskOfRow;
        Sequences = sequences;
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>How many numeric features.</summary>
    public int NumericWidth => NumericNames.Count;

    /// <summary>How many categorical fields.</summary>
    public int CategoricalCount => Fields.Count;

    /// <summary>Names of the numeric features.</summary>
    public IReadOnlyList<string> NumericNames { get; }

    /// <summary>The categorical fields with their numbers of ids.</summary>
    public IReadOnlyList<CategoricalField> Fields { get; }

    /// <summary>The tasks: one per target column, or one per label of the task column.</summary>
    public IReadOnlyList<TaskDescription> Tasks { get; }

    /// <summary>Numeric features, <c>[rows, NumericWidth]</c>, row-major; finite, but for gaps under <see cref="EncoderOptions.KeepMissing"/>.</summary>
    public float[] Numeric { get; }

    /// <summary>Category ids, <c>[rows, CategoricalCount]</c>, row-major.</summary>
    public int[] Categories { get; }

    /// <summary>The lists of ids, one entry per column of lists.</summary>
    public IReadOnlyList<EncodedSequence> Sequences { get; }

    /// <summary>
    /// Encoded targets: <c>[rows, tasks]</c> for several target columns, <c>[rows]</c> with a task column; NaN is unobserved.
    /// Null when the table was encoded without targets.
    /// </summary>
    public float[]? Targets { get; }

    /// <summary>Task number of each row when there is a task column (-1: unknown to training), else null.</summary>
    public int[]? TaskOfRow { get; }

    /// <summary>Group of each row for metrics within groups, such as the user; -1 where it is missing. Equal numbers are equal groups within one table. Null without a group column.</summary>
    public int[]? Groups { get; init; }

    /// <summary>The row of the table, counted from 0, that each row was encoded from; null where the table was read in pieces.</summary>
    public int[]? SourceRows { get; init; }

    /// <summary>The encoded target of a row for a task; NaN when unobserved or when the row belongs to another task.</summary>
    /// <exception cref="InvalidOperationException">The table was encoded without targets.</exception>
    public float Target(int row, int task)
    {
        if (Targets is null) throw new InvalidOperationException("the table was encoded without targets");
        if (TaskOfRow is null) return Targets[(row * Tasks.Count) + task];
        return TaskOfRow[row] == task ? Targets[row] : float.NaN;
    }

    /// <summary>True when the target of a row is known for a task.</summary>
    public bool IsObserved(int row, int task) => Targets is not null && !float.IsNaN(Target(row, task));

    /// <summary>Numeric features of one row.</summary>
    public ReadOnlySpan<float> NumericRow(int row) => Numeric.AsSpan(row * NumericWidth, NumericWidth);

    /// <summary>Category ids of one row.</summary>
    public ReadOnlySpan<int> CategoryRow(int row) => Categories.AsSpan(row * CategoricalCount, CategoricalCount);

    /// <summary>The given rows, in the given order.</summary>
    public EncodedTable Take(ReadOnlySpan<int> rows)
    {
        var sequences = new EncodedSequence[Sequences.Count];
        for (int i = 0; i < sequences.Length; i++) sequences[i] = Sequences[i].Take(rows);
        return new EncodedTable(
            rows.Length,
            NumericNames,
            Fields,
            Tasks,
            Gather(Numeric, NumericWidth, rows),
            Gather(Categories, CategoricalCount, rows),
            Targets is null ? null : Gather(Targets, TaskOfRow is null ? Tasks.Count : 1, rows),
            TaskOfRow is null ? null : Gather(TaskOfRow, 1, rows),
            sequences)
        {
            Groups = Groups is null ? null : Gather(Groups, 1, rows),
            SourceRows = SourceRows is null ? null : Gather(SourceRows, 1, rows),
        };
    }

    private static T[] Gather<T>(T[] values, int width, ReadOnlySpan<int> rows)
    {
        var taken = new T[rows.Length * width];
        for (int i = 0; i < rows.Length; i++) values.AsSpan(rows[i] * width, width).CopyTo(taken.AsSpan(i * width));
        return taken;
    }
}
