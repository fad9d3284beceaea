using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Tabular;

/// <summary>
/// A table ready to train on: split into training, validation and test rows, and encoded with what the training rows say. Made by
/// <see cref="TableEncoding.Encode(Table, TaskSet, double, double, ulong, EncoderOptions?)"/>. It converts to the schema that models are made from.
/// </summary>
/// <example><code>
/// TabularData data = Table.ReadCsv("census.csv").Encode(new TaskSet(Target.Binary("income"), Target.Regression("age")));
/// var model = new MMoE(data, data.Tasks);
/// TabularFit fit = new Trainer(model).Fit(data);
/// </code></example>
public class TabularData
{
    private protected TabularData(Table table, Split split, IReadOnlyList<TargetColumn> targets, EncoderOptions options, Func<TableEncoder, Table>? test = null, TaskSet? declared = null, double negatives = 1, ulong seed = 0)
    {
        Source = table.Source;
        Encoder = TableEncoder.Fit(table, targets, split.Train, options);
        Tasks = NegativeSampling.Calibrated(new TaskSet(Encoder.Tasks.Select((task, k) => TaskEncoding.TargetOf(task, declared is null || options.TaskColumn is not null ? null : declared[k]))), negatives);
        Schema = TaskEncoding.SchemaOf(Encoder);
        Train = TaskEncoding.DatasetOf(Encoder.Encode(table, split.Train));
        if (negatives < 1) Train = NegativeSampling.Sample(Train, Tasks, negatives, seed);
        Validation = split.Validation.Length == 0 ? null : TaskEncoding.DatasetOf(Encoder.Encode(table, split.Validation));
        Test = test is not null ? TaskEncoding.DatasetOf(TaskEncoding.EncodeLabelled(Encoder, test(Encoder))) : split.Test.Length == 0 ? null : TaskEncoding.DatasetOf(Encoder.Encode(table, split.Test));
        Notes = Validation is null ? [.. Encoder.Notes, "There are no validation rows: all epochs are run and the last weights are kept."] : Encoder.Notes;
    }

    /// <summary>Where the table came from.</summary>
    public string Source { get; }

    /// <summary>Turns raw tables into inputs and labels; saved with the model.</summary>
    public TableEncoder Encoder { get; }

    /// <summary>The tasks, with their classes and the scale of their labels settled on the training rows.</summary>
    public TaskSet Tasks { get; }

    /// <summary>What a model is given.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>Training rows.</summary>
    public ArrayDataset Train { get; }

    /// <summary>Validation rows; null when there are none.</summary>
    public ArrayDataset? Validation { get; }

    /// <summary>Test rows; null when there are none.</summary>
    public ArrayDataset? Test { get; }

    /// <summary>The rows that results are quoted from: the test rows, else the validation rows; null when there are neither.</summary>
    internal ArrayDataset? Headline => Test ?? Validation;

    /// <summary>Things worth telling: dropped columns, empty parts.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The schema.</summary>
    public static implicit operator FeatureSchema(TabularData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Schema;
    }

    internal static TabularData Of(Table table, Split split, IReadOnlyList<TargetColumn> targets, EncoderOptions options, Func<TableEncoder, Table>? test, TaskSet declared)
        => new(table, split, targets, options, test, declared);
}
