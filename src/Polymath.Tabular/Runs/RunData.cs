using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>The data of a run: read, split, and encoded with what the training rows say.</summary>
public sealed class RunData
{
    private RunData(TableEncoder encoder, TaskSet tasks, FeatureSchema schema, ArrayDataset train, ArrayDataset? validation, ArrayDataset? test, IReadOnlyList<string> notes)
        => (Encoder, Tasks, Schema, Train, Validation, Test, Notes) = (encoder, tasks, schema, train, validation, test, notes);

    /// <summary>Turns raw tables into inputs and labels; saved with the model.</summary>
    public TableEncoder Encoder { get; }

    /// <summary>The tasks.</summary>
    public TaskSet Tasks { get; }

    /// <summary>What a model is given.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>Training rows.</summary>
    public ArrayDataset Train { get; }

    /// <summary>Validation rows; null when there are none.</summary>
    public ArrayDataset? Validation { get; }

    /// <summary>Test rows; null when there are none.</summary>
    public ArrayDataset? Test { get; }

    /// <summary>Things worth telling: dropped columns, empty parts.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Reads, splits and encodes.</summary>
    /// <exception cref="TableException">The data cannot be read or does not fit the settings.</exception>
    /// <exception cref="RunException">The settings contradict each other.</exception>
    public static RunData Load(RunSettings settings, CancellationToken cancellation = default)
    {
        if (settings.Data.Length == 0) throw new RunException("no training table was given; name a file, sqlite:file.db#table or postgres://...#table.");
        Table table = Table.Read(settings.Data, ReadOptionsOf(settings, settings.SkipLines), cancellation);
        Table? test = settings.Test.Length == 0 ? null : Table.Read(settings.Test, ReadOptionsOf(settings, settings.TestSkipLines), cancellation);
        return From(table, test, settings);
    }

    /// <summary>Splits and encodes tables that are already in memory.</summary>
    /// <param name="table">Training (and, without <paramref name="test"/>, test) rows.</param>
    /// <param name="test">Separate test rows.</param>
    /// <param name="settings">Targets, split and encoding.</param>
    public static RunData From(Table table, Table? test, RunSettings settings)
    {
        if (settings.Targets.Count == 0) throw new RunException($"no target was given; add --target with one of the columns: {string.Join(", ", table.ColumnNames.Take(20))}.");
        TargetColumn[] targets = [.. settings.Targets.Select(TargetColumn.Parse)];
        Split split = SplitOf(table, targets, test is not null, settings);
        var options = new EncoderOptions
        {
            Numeric = settings.Transform switch { "quantile" => NumericTransform.Quantile, "none" => NumericTransform.None, _ => NumericTransform.Standardise },
            MinFrequency = settings.MinFrequency,
            Drop = settings.Drop,
            TaskColumn = settings.TaskColumn.Length == 0 ? null : settings.TaskColumn,
            TaskAsInput = settings.TaskAsInput,
        };
        TableEncoder encoder = TableEncoder.Fit(table, targets, split.Train, options);
        var tasks = new TaskSet(encoder.Tasks.Select(TargetOf));
        var schema = SchemaOf(encoder);
        var notes = new List<string>(encoder.Notes);
        ArrayDataset train = DatasetOf(encoder.Encode(table, split.Train));
        ArrayDataset? validation = split.Validation.Length == 0 ? null : DatasetOf(encoder.Encode(table, split.Validation));
        ArrayDataset? held = test is not null ? DatasetOf(encoder.Encode(test)) : split.Test.Length == 0 ? null : DatasetOf(encoder.Encode(table, split.Test));
        if (validation is null) notes.Add("There are no validation rows: all epochs are run and the last weights are kept.");
        return new RunData(encoder, tasks, schema, train, validation, held, notes);
    }

    /// <summary>How a file of these settings is read.</summary>
    public static ReadOptions ReadOptionsOf(RunSettings settings, int skipLines) => new()
    {
        Delimiter = settings.Delimiter.Length == 0 ? null : settings.Delimiter[0],
        DecimalSeparator = settings.Decimal.Length == 0 ? '.' : settings.Decimal[0],
        Header = settings.Header switch { "yes" => true, "no" => false, _ => null },
        ColumnNames = settings.Columns.Count == 0 ? null : settings.Columns,
        SkipLines = skipLines,
        TrimTrailing = settings.TrimTrailing.Length == 0 ? null : settings.TrimTrailing[0],
        MissingMarkers = settings.Missing,
        NumericColumns = settings.Numeric,
        CategoricalColumns = settings.Categorical,
    };

    /// <summary>What a model is given by an encoder.</summary>
    internal static FeatureSchema SchemaOf(TableEncoder encoder)
        => new(encoder.NumericNames, [.. encoder.Fields.Select(field => new CategoricalFeature(field.Name, field.Cardinality))]);

    /// <summary>The learning task of an encoded target.</summary>
    internal static Target TargetOf(TaskDescription task) => new()
    {
        Name = task.Name,
        Kind = task.Kind switch
        {
            TargetKind.Binary => TaskKind.Binary,
            TargetKind.Multiclass => TaskKind.MultiClass,
            TargetKind.Count => TaskKind.Count,
            _ => TaskKind.Regression,
        },
        Classes = task.Classes,
        ClassCount = task.Kind == TargetKind.Binary ? 2 : task.Classes.Count,
        Mean = (float)task.Scale.Mean,
        Deviation = (float)task.Scale.Deviation,
    };

    /// <summary>Encoded rows as a data set; labels are missing when the rows were encoded without targets.</summary>
    internal static ArrayDataset DatasetOf(EncodedTable encoded)
    {
        int tasks = encoded.Tasks.Count;
        float[] labels;
        if (encoded.Targets is null)
        {
            labels = new float[encoded.Rows * tasks];
            Array.Fill(labels, float.NaN);
        }
        else if (encoded.TaskOfRow is null) labels = encoded.Targets;
        else
        {
            labels = new float[encoded.Rows * tasks];
            Array.Fill(labels, float.NaN);
            for (int row = 0; row < encoded.Rows; row++)
            {
                if (encoded.TaskOfRow[row] >= 0) labels[(row * tasks) + encoded.TaskOfRow[row]] = encoded.Targets[row];
            }
        }

        return new ArrayDataset(encoded.Numeric, encoded.NumericWidth, encoded.Categories, encoded.CategoricalCount, labels, tasks);
    }

    private static Split SplitOf(Table table, TargetColumn[] targets, bool separateTest, RunSettings settings)
    {
        double test = separateTest ? 0 : settings.TestFraction;
        ulong seed = (ulong)settings.SplitSeed;
        string kind = settings.Split, argument = string.Empty;
        int colon = kind.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0) (kind, argument) = (kind[..colon], kind[(colon + 1)..]);
        return (kind, argument.Length > 0) switch
        {
            ("random", false) => Splits.Random(table.Rows, settings.Validation, test, seed),
            ("stratified", false) => Splits.Stratified(Splits.Strata(table, targets), settings.Validation, test, seed),
            ("column", true) => Splits.ByColumn(table, argument),
            ("group", true) => Splits.ByGroup(table, argument, settings.Validation, test, seed),
            ("rows", true) => Splits.ByRowFile(table.Rows, argument, settings.Validation, seed),
            _ => throw new RunException($"split: found '{settings.Split}', expected random, stratified, column:NAME, group:NAME or rows:FILE."),
        };
    }
}
