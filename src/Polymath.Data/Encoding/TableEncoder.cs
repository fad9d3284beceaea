using Polymath.Data.Sources;

namespace Polymath.Data;

/// <summary>
/// Turns tables into <see cref="EncodedTable"/>s. Everything it knows (means, categories, classes, task labels) was learned from
/// the training rows only; it is saved with the model, so that prediction encodes exactly as training did.
/// </summary>
/// <example><code>
/// Split split  = Splits.Random(table.Rows, seed: 7);
/// var encoder  = TableEncoder.Fit(table, [TargetColumn.Parse("income:binary")], split.Train);
/// EncodedTable train = encoder.Encode(table, split.Train);
/// encoder.Save("run/encoder.json");
/// </code></example>
public sealed class TableEncoder
{
    private readonly InputColumn[] _inputs;
    private readonly TargetEncoding[] _targets;
    private readonly TaskLabels? _labels;

    internal TableEncoder(InputColumn[] inputs, TargetEncoding[] targets, TargetScale[] scales, TaskLabels? labels, IReadOnlyList<string> notes)
    {
        _inputs = inputs;
        _targets = targets;
        _labels = labels;
        Notes = notes;
        NumericNames = [.. inputs.SelectMany(input => input.Features)];
        Fields = [.. inputs.Where(input => input.Cardinality > 0).Select(input => new CategoricalField(input.Name, input.Cardinality))];
        Sequences = [.. inputs.OfType<SequenceInput>().Select(input => input.Field)];
        Tasks = labels is null
            ? [.. targets.Select((target, task) => new TaskDescription(target.Definition.Name, target.Kind, target.Classes, scales[task]))]
            : [.. labels.Labels.Select((label, task) => new TaskDescription(label, targets[0].Kind, targets[0].Classes, scales[task]))];
    }

    /// <summary>Names of the numeric features, in order.</summary>
    public IReadOnlyList<string> NumericNames { get; }

    /// <summary>The categorical fields, in order.</summary>
    public IReadOnlyList<CategoricalField> Fields { get; }

    /// <summary>The lists of ids, in order.</summary>
    public IReadOnlyList<SequenceField> Sequences { get; }

    /// <summary>What separates the ids of a list.</summary>
    public char ListSeparator => _inputs.OfType<SequenceInput>().FirstOrDefault()?.Separator ?? SequenceColumn.DefaultSeparator;

    /// <summary>The tasks, in order.</summary>
    public IReadOnlyList<TaskDescription> Tasks { get; }

    /// <summary>The target columns with their settled kinds and classes.</summary>
    public IReadOnlyList<TargetEncoding> Targets => _targets;

    /// <summary>The task column, or null.</summary>
    public string? TaskColumn => _labels?.Column;

    /// <summary>The column whose values are the groups of metrics within groups, or null. A table to predict need not have it.</summary>
    public string? GroupColumn { get; init; }

    /// <summary>The input columns a table to predict must have.</summary>
    public IReadOnlyList<string> InputColumns => [.. _inputs.Select(input => input.Name)];

    /// <summary>What the user should know: columns dropped because they are constant, and why.</summary>
    public IReadOnlyList<string> Notes { get; }

    internal IReadOnlyList<InputColumn> Inputs => _inputs;

    internal TaskLabels? Labels => _labels;

    /// <summary>The same encoder with another answer to rows of a task unknown to training.</summary>
    /// <param name="unknown">What such a row does.</param>
    public TableEncoder With(UnknownTask unknown) => _labels is null ? this : new TableEncoder(_inputs, _targets, [.. Tasks.Select(task => task.Scale)], new TaskLabels(_labels.Column, _labels.Kind, _labels.Labels, unknown), Notes) { GroupColumn = GroupColumn };

    /// <summary>Learns an encoding from training rows.</summary>
    /// <exception cref="TableException">A column is unknown, a target cannot be learned, or no input is left.</exception>
    public static TableEncoder Fit(Table table, IReadOnlyList<TargetColumn> targets, ReadOnlySpan<int> trainingRows, EncoderOptions? options = null) =>
        EncoderFitter.Fit(table, targets, trainingRows, options ?? EncoderOptions.Default);

    /// <summary>Encodes all rows of a table, with targets when it has their columns.</summary>
    public EncodedTable Encode(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return EncodeRows(table, Splits.All(table.Rows), HasTargets(table));
    }

    /// <summary>Encodes some rows of a table; columns are found by name, others are ignored.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">Row numbers, in the order wanted.</param>
    /// <param name="withTargets">Whether the targets are encoded too.</param>
    /// <exception cref="TableException">A column is missing or of another kind, a class or task is unknown to training.</exception>
    public EncodedTable Encode(Table table, ReadOnlySpan<int> rows, bool withTargets = true)
    {
        ArgumentNullException.ThrowIfNull(table);
        return EncodeRows(table, rows.ToArray(), withTargets);
    }

    /// <summary>
    /// Reads a source and encodes it piece by piece, so that predictions can stream. Columns may come in any order; extra ones,
    /// and the targets unless asked for, are ignored and never parsed.
    /// </summary>
    /// <param name="source">As in <see cref="Table.Read"/>.</param>
    /// <param name="options">How the text is read; kinds of columns come from the encoder.</param>
    /// <param name="chunkRows">Rows per piece.</param>
    /// <param name="withTargets">Whether the targets are encoded too.</param>
    /// <param name="cancellation">Stops between rows.</param>
    /// <exception cref="TableException">The source is unreadable, a column is missing, or a value is not of its column's kind (the message names the line).</exception>
    public IEnumerable<EncodedTable> EncodeChunks(string source, ReadOptions? options = null, int chunkRows = 8192, bool withTargets = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkRows);
        options ??= ReadOptions.Default;
        options.Validate();
        RowSource rows = RowSource.Parse(source, options);
        foreach (Table chunk in TableLoader.LoadChunks(rows, names => ReadOptionsFor(rows.Name, names, options, withTargets), chunkRows, cancellation)) yield return EncodeRows(chunk, Splits.All(chunk.Rows), withTargets, whole: false);
    }

    /// <summary>Reads a whole table with the kinds the encoder expects, for example an official test file: only the inputs, the task column, and the targets when all are there.</summary>
    /// <exception cref="TableException">As for <see cref="EncodeChunks"/>.</exception>
    public Table Read(string source, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        options ??= ReadOptions.Default;
        options.Validate();
        RowSource rows = RowSource.Parse(source, options);
        return TableLoader.LoadChunks(rows, names => ReadOptionsFor(rows.Name, names, options, HasTargets(names)), int.MaxValue, cancellation).First();
    }

    /// <summary>Saves to a file, by way of a temporary name.</summary>
    /// <exception cref="TableException">The file cannot be written.</exception>
    public void Save(string path) => DataFile.Write(path, stream => EncoderFile.Write(this, stream));

    /// <summary>Loads what <see cref="Save"/> wrote; encodes to the same bits.</summary>
    /// <exception cref="TableException">The file is missing or unreadable.</exception>
    /// <exception cref="EncoderFormatException">The file is truncated, not an encoder, or contradicts itself.</exception>
    public static TableEncoder Load(string path) => EncoderFile.Read(path);

    /// <summary>True when a table has the columns of all targets.</summary>
    public bool HasTargets(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return HasTargets(table.ColumnNames);
    }

    private bool HasTargets(IReadOnlyList<string> names) => Array.TrueForAll(_targets, target => names.Contains(target.Definition.Column));

    private EncodedTable EncodeRows(Table table, int[] rows, bool withTargets, bool whole = true)
    {
        float[] numeric = GC.AllocateUninitializedArray<float>(Length(rows.Length, NumericNames.Count));
        int[] categories = GC.AllocateUninitializedArray<int>(Length(rows.Length, Fields.Count));
        FeatureWriter<float>?[] numbers = [.. _inputs.Select(input => input.Numbers(table))];
        FeatureWriter<int>?[] ids = [.. _inputs.Select(input => input.Ids(table))];

        // All columns of a few rows, then the next rows: a row-major block stays in cache while the columns fill it.
        RowBlocks.For(rows.Length, (start, end) =>
        {
            ReadOnlySpan<int> block = rows.AsSpan(start..end);
            int feature = start * NumericNames.Count, field = start * Fields.Count;
            for (int input = 0; input < _inputs.Length; input++)
            {
                numbers[input]?.Invoke(block, numeric.AsSpan(feature), NumericNames.Count);
                ids[input]?.Invoke(block, categories.AsSpan(field), Fields.Count);
                feature += _inputs[input].Features.Count;
                if (ids[input] is not null) field++;
            }
        });
        int[]? taskOfRow = _labels?.Encode(table, rows);
        return new EncodedTable(rows.Length, NumericNames, Fields, Tasks, numeric, categories, withTargets ? EncodeTargets(table, rows, taskOfRow) : null, taskOfRow, [.. _inputs.OfType<SequenceInput>().Select(input => input.Lists(table, rows))])
        {
            Groups = GroupColumn is not null && table.TryGetColumn(GroupColumn, out Column? groups) ? GroupsOf(groups, rows) : null,
            SourceRows = whole ? rows : null,
        };
    }

    private static int[] GroupsOf(Column column, ReadOnlySpan<int> rows)
    {
        int[] groups = new int[rows.Length];
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < rows.Length; i++)
        {
            if (column.Text(rows[i]) is not { } text) groups[i] = -1;
            else if (known.TryGetValue(text, out int number)) groups[i] = number;
            else known.Add(text, groups[i] = known.Count);
        }

        return groups;
    }

    private float[] EncodeTargets(Table table, ReadOnlySpan<int> rows, int[]? taskOfRow)
    {
        var values = new float[rows.Length];
        if (taskOfRow is not null)
        {
            _targets[0].Encode(table, rows, values);
            for (int i = 0; i < values.Length; i++)
            {
                if (taskOfRow[i] >= 0) values[i] = Tasks[taskOfRow[i]].Scale.Apply(values[i]);
            }

            return values;
        }

        var targets = new float[Length(rows.Length, _targets.Length)];
        for (int task = 0; task < _targets.Length; task++)
        {
            _targets[task].Encode(table, rows, values);
            TargetScale scale = Tasks[task].Scale;
            for (int i = 0; i < values.Length; i++) targets[(i * _targets.Length) + task] = scale.Apply(values[i]);
        }

        return targets;
    }

    /// <summary>Fixes the kind of every column the encoder needs and leaves out all others.</summary>
    private ReadOptions ReadOptionsFor(string source, IReadOnlyCollection<string> present, ReadOptions options, bool withTargets)
    {
        var kinds = new Dictionary<string, ColumnKind>(StringComparer.Ordinal);
        foreach (InputColumn input in _inputs)
        {
            if (!present.Contains(input.Name)) throw InputColumn.MissingColumn(source, input.Name, present);
            kinds[input.Name] = input.Kind;
        }

        if (_labels is not null)
        {
            if (!present.Contains(_labels.Column)) throw InputColumn.MissingColumn(source, _labels.Column, present);
            kinds[_labels.Column] = _labels.Kind;
        }

        if (withTargets && GroupColumn is not null && present.Contains(GroupColumn)) kinds.TryAdd(GroupColumn, ColumnKind.Categorical);
        foreach (TargetEncoding target in withTargets ? _targets : [])
        {
            string name = target.Definition.Column;
            if (!present.Contains(name)) throw new TableException($"{source}: there is no target column '{name}'{Suggestion.Tail(name, present)}", source, column: name);
            kinds[name] = target.SourceKind;
        }

        return options with
        {
            OnlyColumns = [.. kinds.Keys],
            NumericColumns = Of(ColumnKind.Numeric),
            CategoricalColumns = Of(ColumnKind.Categorical),
            DateColumns = Of(ColumnKind.Date),
            DropColumns = [],
        };

        string[] Of(ColumnKind kind) => [.. kinds.Where(pair => pair.Value == kind).Select(pair => pair.Key)];
    }

    private static int Length(int rows, int width)
    {
        long length = (long)rows * width;
        return length <= Array.MaxLength ? (int)length : throw new TableException($"{rows} rows of {width} values do not fit one array, expected at most {Array.MaxLength} values; encode in chunks.");
    }
}
