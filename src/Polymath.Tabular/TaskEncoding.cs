using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Tabular;

/// <summary>What an encoder's tasks, fields and rows are to a model.</summary>
internal static class TaskEncoding
{
    /// <summary>What a model is given by an encoder.</summary>
    public static FeatureSchema SchemaOf(TableEncoder encoder)
        => new(encoder.NumericNames, [.. encoder.Fields.Select(field => new CategoricalFeature(field.Name, field.Cardinality))], [.. encoder.Sequences.Select(SequenceFeature.Of)]);

    /// <summary>The learning task of an encoded target; loss, metric and column are those of the task as declared.</summary>
    public static Target TargetOf(TaskDescription task, Target? declared = null)
    {
        TaskKind kind = task.Kind switch
        {
            TargetKind.Binary => TaskKind.Binary,
            TargetKind.Multiclass => TaskKind.MultiClass,
            TargetKind.Count => TaskKind.Count,
            _ => TaskKind.Regression,
        };
        return (declared ?? new Target { Name = task.Name, Kind = kind }) with
        {
            Classes = task.Classes,
            ClassCount = kind == TaskKind.Binary ? 2 : task.Classes.Count,
            Mean = (float)task.Scale.Mean,
            Deviation = (float)task.Scale.Deviation,
        };
    }

    /// <summary>The target column of a declared task: the column of that name, else an expression.</summary>
    public static TargetColumn ColumnOf(Target task, Table table)
    {
        TargetKind kind = task.Kind switch
        {
            TaskKind.Binary => TargetKind.Binary,
            TaskKind.MultiClass => TargetKind.Multiclass,
            TaskKind.Count => TargetKind.Count,
            _ => TargetKind.Regression,
        };
        return table.TryGetColumn(task.Column, out _)
            ? new TargetColumn(task.Column, kind) with { Name = task.Name }
            : TargetColumn.Parse($"{task.Column}:{kind.ToString().ToLowerInvariant()}") with { Name = task.Name };
    }

    /// <summary>Encodes a table that is to be scored.</summary>
    /// <exception cref="RunException">It lacks a target column.</exception>
    public static EncodedTable EncodeLabelled(TableEncoder encoder, Table table)
    {
        if (encoder.HasTargets(table)) return encoder.Encode(table);
        string columns = string.Join(", ", encoder.Targets.Select(target => $"'{target.Definition.Column}'").Distinct());
        throw new RunException($"{table.Source}: the labels to score predictions with are missing, expected the target columns {columns}.");
    }

    /// <summary>Encoded rows as a data set; labels are missing when the rows were encoded without targets.</summary>
    public static ArrayDataset DatasetOf(EncodedTable encoded)
    {
        int tasks = encoded.Tasks.Count;
        if (encoded is { Targets: { } dense, TaskOfRow: null }) return Over(dense);
        float[] labels = new float[encoded.Rows * tasks];
        Array.Fill(labels, float.NaN);
        for (int row = 0; row < encoded.Rows && encoded.Targets is not null; row++)
        {
            int task = encoded.TaskOfRow![row];
            if (task >= 0) labels[(row * tasks) + task] = encoded.Targets[row];
        }

        return Over(labels);

        ArrayDataset Over(float[] values) => new(encoded.Numeric, encoded.NumericWidth, encoded.Categories, encoded.CategoricalCount, values, tasks, sequences: [.. encoded.Sequences.Select(sequence => new SequenceArray(sequence.Starts, sequence.Ids, sequence.Field.MaxLength))]) { Groups = encoded.Groups, SourceRows = encoded.SourceRows };
    }
}
