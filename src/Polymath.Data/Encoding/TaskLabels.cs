namespace Polymath.Data;

/// <summary>The labels of a task column: the task number of a label is settled by the training rows and never changes.</summary>
internal sealed class TaskLabels
{
    private readonly Dictionary<string, int> _taskOf = new(StringComparer.Ordinal);

    public TaskLabels(string column, ColumnKind kind, IReadOnlyList<string> labels, UnknownTask unknown)
    {
        (Column, Kind, Labels, Unknown) = (column, kind, labels, unknown);
        for (int i = 0; i < labels.Count; i++) _taskOf[labels[i]] = i;
    }

    public string Column { get; }

    public ColumnKind Kind { get; }

    public IReadOnlyList<string> Labels { get; }

    public UnknownTask Unknown { get; }

    /// <summary>Distinct labels of the training rows: numbers by value, texts ordinally.</summary>
    public static TaskLabels Fit(Table table, string name, ReadOnlySpan<int> rows, UnknownTask unknown)
    {
        if (!table.TryGetColumn(name, out Column? column)) throw table.UnknownColumn(name, "task column");
        var labels = new HashSet<string>(StringComparer.Ordinal);
        foreach (int row in rows) labels.Add(column.Text(row) ?? throw Missing(table, name, row));
        string[] ordered = column is NumericColumn
            ? [.. labels.OrderBy(label => float.Parse(label, System.Globalization.CultureInfo.InvariantCulture))]
            : [.. labels.Order(StringComparer.Ordinal)];
        return new TaskLabels(name, column.Kind, ordered, unknown);
    }

    public int[] Encode(Table table, ReadOnlySpan<int> rows)
    {
        if (!table.TryGetColumn(Column, out Column? column)) throw InputColumn.MissingColumn(table.Source, Column, table.ColumnNames);
        var tasks = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            string label = column.Text(row) ?? throw Missing(table, Column, row);
            tasks[i] = _taskOf.TryGetValue(label, out int task) ? task
                : Unknown == UnknownTask.Unassigned ? -1
                : throw new TableException($"{table.Source}, row {row + 1}, column '{Column}': task '{label}' was not in training{Suggestion.Tail(label, [.. Labels])}", table.Source, column: Column);
        }

        return tasks;
    }

    private static TableException Missing(Table table, string column, int row) =>
        new($"{table.Source}, row {row + 1}, column '{column}': the task is missing, expected a label in every row.", table.Source, column: column);
}
