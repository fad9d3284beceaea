namespace Polymath.Data;

/// <summary>Learns a <see cref="TableEncoder"/> from training rows.</summary>
internal static class EncoderFitter
{
    public static TableEncoder Fit(Table table, IReadOnlyList<TargetColumn> targets, ReadOnlySpan<int> rows, EncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(targets);
        options.Validate();
        CheckTargets(table, targets, rows, options);
        if (options.GroupColumn is not null) _ = table[options.GroupColumn];
        SequenceChecks.Require(table, targets, options);
        var encodings = new TargetEncoding[targets.Count];
        for (int i = 0; i < encodings.Length; i++) encodings[i] = TargetEncoding.Fit(targets[i], table, rows);
        TaskLabels? labels = options.TaskColumn is null ? null : TaskLabels.Fit(table, options.TaskColumn, rows, options.UnknownTask);
        var notes = new List<string>();
        if (table.HeaderDoubt is { } doubt) notes.Add(doubt);
        AddKinds(table, targets, encodings, notes);
        InputColumn[] inputs = FitInputs(table, targets, rows.ToArray(), options, notes);
        if (inputs.Length == 0) throw new TableException($"{table.Source}: no input column is left, expected at least one besides the targets{(notes.Count > 0 ? $" ({string.Join("; ", notes.Take(3))})" : string.Empty)}.", table.Source);
        return new TableEncoder(inputs, encodings, Scales(table, encodings, labels, rows, options), labels, notes) { GroupColumn = options.GroupColumn };
    }

    private static void CheckTargets(Table table, IReadOnlyList<TargetColumn> targets, ReadOnlySpan<int> rows, EncoderOptions options)
    {
        if (targets.Count == 0) throw new TableException($"{table.Source}: there is no target, expected at least one.", table.Source);
        if (rows.IsEmpty) throw new TableException($"{table.Source}: there are no training rows, expected at least two.", table.Source);
        if (options.TaskColumn is not null && targets.Count != 1) throw new TableException($"{table.Source}: with the task column '{options.TaskColumn}' there are {targets.Count} targets, expected exactly one.", table.Source);
        if (options.TaskColumn is not null && options.TaskColumn == targets[0].Column) throw new TableException($"{table.Source}: '{options.TaskColumn}' is both the task column and the target.", table.Source, column: options.TaskColumn);
        string? twice = targets.GroupBy(target => target.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new TableException($"{table.Source}: two targets are named '{twice}', expected distinct names; write name=column for one of them.", table.Source, column: twice);
    }

    /// <summary>Says where few whole numbers were taken for classes without being told so.</summary>
    private static void AddKinds(Table table, IReadOnlyList<TargetColumn> targets, TargetEncoding[] encodings, List<string> notes)
    {
        for (int i = 0; i < encodings.Length; i++)
        {
            TargetColumn target = targets[i];
            if (target.Kind == TargetKind.Auto && encodings[i].Kind == TargetKind.Multiclass && table[target.Column] is NumericColumn)
                notes.Add($"target '{target.Name}': {encodings[i].Classes.Count} whole numbers, taken as classes; write {target with { Kind = TargetKind.Regression }} for a number");
        }
    }

    private static InputColumn[] FitInputs(Table table, IReadOnlyList<TargetColumn> targets, int[] rows, EncoderOptions options, List<string> notes)
    {
        HashSet<string> sources = [.. targets.Select(target => target.Column)];
        HashSet<string> dropped = [.. options.Drop, .. options.Sequences.Select(sequence => sequence.Column)];
        foreach (string name in options.Drop.Concat(options.Inputs ?? [])) _ = table[name];
        string? leak = options.Inputs?.FirstOrDefault(sources.Contains);
        if (leak is not null) throw new TableException($"{table.Source}: column '{leak}' is an input and the source of a target, expected one of the two.", table.Source, column: leak);
        string[] names = [.. (options.Inputs?.Distinct(StringComparer.Ordinal) ?? table.ColumnNames)
            .Where(name => !sources.Contains(name) && !dropped.Contains(name) && (name != options.TaskColumn || options.TaskAsInput))];
        var inputs = new InputColumn?[names.Length];
        var notesOf = new List<string>[names.Length];
        RowBlocks.Each(names.Length, i => inputs[i] = FitInput(table, names[i], rows, options, notesOf[i] = []));
        notes.AddRange(notesOf.SelectMany(note => note));
        InputColumn[] fitted = [.. inputs.OfType<InputColumn>()];
        if (options.MaxIds > 0) Hash(table, fitted, options, notes);
        return [.. fitted, .. FitSequences(table, fitted, rows, options, notes)];
    }

    /// <summary>Hashes the columns with the most categories, so that all ids together fit.</summary>
    private static void Hash(Table table, InputColumn[] inputs, EncoderOptions options, List<string> notes)
    {
        int[] columns = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i] is CategoricalInput).OrderBy(i => inputs[i].Cardinality)];
        long left = options.MaxIds;
        for (int i = 0; i < columns.Length; i++)
        {
            // What is left is shared out evenly among this column and the larger ones.
            InputColumn input = inputs[columns[i]];
            long share = left / (columns.Length - i);
            left -= Math.Min(share, input.Cardinality);
            if (input.Cardinality <= share) continue;
            if (share < 2) throw new TableException($"{table.Source}: {options.MaxIds} ids are too few for {columns.Length} categorical columns, expected at least 2 for each; allow more memory for tables (--table-memory).", table.Source, column: input.Name);
            notes.Add($"column '{input.Name}' is hashed: its {input.Cardinality - 1} categories share {share - 1} ids");
            inputs[columns[i]] = new HashedInput(input.Name, (int)share - 1);
        }
    }

    private static InputColumn? FitInput(Table table, string name, ReadOnlySpan<int> rows, EncoderOptions options, List<string> notes)
    {
        Column column = table[name];
        Column[] lists = [.. options.Sequences.Where(sequence => sequence.Item == name).Select(sequence => table[sequence.Column])];
        return column switch
        {
            _ when name == options.TaskColumn || lists.Length > 0 => CategoricalInput.Fit(column, rows, options, notes, lists),
            NumericColumn numeric => NumericInput.Fit(numeric, rows, options, notes),
            DateColumn date => DateInput.Fit(date, rows, options, notes),
            _ => FitCategories(column, rows, options, notes),
        };
    }

    private static CategoricalInput? FitCategories(Column column, ReadOnlySpan<int> rows, EncoderOptions options, List<string> notes)
    {
        CategoricalInput? input = CategoricalInput.Fit(column, rows, options, notes);
        if (column is CategoricalColumn texts) CategoryNotes.Add(texts, rows, options.ReadsLists, input is not null, notes);
        return input;
    }

    private static IEnumerable<InputColumn> FitSequences(Table table, InputColumn[] inputs, int[] rows, EncoderOptions options, List<string> notes)
    {
        foreach (SequenceColumn sequence in options.Sequences)
        {
            IItemIds? item = inputs.OfType<IItemIds>().FirstOrDefault(input => input.Name == sequence.Item);
            if (sequence.Item is not null && item is null) throw new TableException($"{table.Source}: the item column '{sequence.Item}' of the sequence '{sequence.Column}' says nothing in the training rows ({string.Join("; ", notes)}), expected at least two items.", table.Source, column: sequence.Item);
            if (SequenceInput.Fit(table[sequence.Column], sequence, item, rows, options, notes) is { } input) yield return input;
        }
    }

    private static TargetScale[] Scales(Table table, TargetEncoding[] targets, TaskLabels? labels, ReadOnlySpan<int> rows, EncoderOptions options)
    {
        int tasks = labels?.Labels.Count ?? targets.Length;
        var scales = new TargetScale[tasks];
        Array.Fill(scales, TargetScale.None);
        if (!options.StandardiseTargets) return scales;
        var values = new float[rows.Length];
        if (labels is null)
        {
            for (int task = 0; task < tasks; task++)
            {
                if (targets[task].Kind != TargetKind.Regression) continue;
                targets[task].Encode(table, rows, values);
                scales[task] = TargetScale.Of(values);
            }

            return scales;
        }

        if (targets[0].Kind != TargetKind.Regression) return scales;
        targets[0].Encode(table, rows, values);
        int[] taskOfRow = labels.Encode(table, rows);
        var ofTask = new List<float>[tasks];
        for (int task = 0; task < tasks; task++) ofTask[task] = [];
        for (int i = 0; i < values.Length; i++) ofTask[taskOfRow[i]].Add(values[i]);
        for (int task = 0; task < tasks; task++) scales[task] = TargetScale.Of([.. ofTask[task]]);
        return scales;
    }
}
