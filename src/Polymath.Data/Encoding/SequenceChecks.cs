namespace Polymath.Data;

/// <summary>Finds lists of ids that do not go together with the other columns of a table.</summary>
internal static class SequenceChecks
{
    /// <exception cref="TableException">A column is unknown, named twice, of the wrong kind, or something else as well.</exception>
    public static void Require(Table table, IReadOnlyList<TargetColumn> targets, EncoderOptions options)
    {
        HashSet<string> sources = [.. targets.Select(target => target.Column)], lists = [];
        foreach (SequenceColumn sequence in options.Sequences)
        {
            string name = sequence.Column;
            if (sequence.MaxLength < 1) throw new TableException($"sequence '{name}': found the length {sequence.MaxLength}, expected at least 1.");
            if (!table.TryGetColumn(name, out Column? column)) throw table.UnknownColumn(name, "sequence column");
            if (!lists.Add(name)) throw Wrong(table, name, "is named twice as a sequence, expected once");
            if (column is DateColumn) throw Wrong(table, name, $"holds dates, expected lists of ids separated by '{options.ListSeparator}'");
            if (sources.Contains(name)) throw Wrong(table, name, "is a sequence and the source of a target, expected one of the two");
            if (name == options.TaskColumn) throw Wrong(table, name, "is a sequence and the task column, expected one of the two");
            if (options.Drop.Contains(name)) throw Wrong(table, name, "is a sequence and dropped, expected one of the two");
        }

        foreach (SequenceColumn sequence in options.Sequences.Where(sequence => sequence.Item is not null))
        {
            string item = sequence.Item!;
            if (!table.TryGetColumn(item, out Column? column)) throw table.UnknownColumn(item, $"item column of the sequence '{sequence.Column}',");
            if (lists.Contains(item)) throw Wrong(table, item, $"is the item column of '{sequence.Column}' and a sequence itself, expected one id per row");
            if (column is DateColumn) throw Wrong(table, item, $"holds dates, expected the ids of items as the sequence '{sequence.Column}' has them");
            bool isInput = !sources.Contains(item) && !options.Drop.Contains(item) && (item != options.TaskColumn || options.TaskAsInput) && (options.Inputs?.Contains(item) ?? true);
            if (!isInput) throw Wrong(table, item, $"is no input of the model, expected an input, as the sequence '{sequence.Column}' has its ids; name the sequence without it to give it ids of its own");
        }
    }

    private static TableException Wrong(Table table, string column, string what) => new($"{table.Source}: column '{column}' {what}.", table.Source, column: column);
}
