using System.Globalization;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning;

namespace Polymath.Boosting.Runs;

/// <summary>The data of a run of boosted trees: read, split and encoded as its settings say. Numbers are not scaled and gaps are kept.</summary>
public sealed class BoostData
{
    private BoostData(RunTable table, BoostSettings settings)
    {
        Table source = table.Table;
        Split split = table.Split;
        float[]? weights = WeightsOf(source, settings.Weights);

        // The folds of a search hold rows out themselves.
        int[] train = settings.Search.Count == 0 ? split.Train : [.. split.Train.Concat(split.Validation).Order()];
        Encoder = TableEncoder.Fit(source, table.Targets, train, new EncoderOptions
        {
            Numeric = NumericTransform.None,
            KeepMissing = true,
            ReadsLists = false,
            StandardiseTargets = false,
            MinFrequency = settings.MinFrequency,
            Drop = settings.Weights.Length == 0 ? settings.Drop : [.. settings.Drop, settings.Weights],
            TaskColumn = settings.TaskColumn.Length == 0 ? null : settings.TaskColumn,
            UnknownTask = settings.UnknownTask == BoostOptions.Fallback ? UnknownTask.Unassigned : UnknownTask.Error,
        });
        Source = source.Source;
        Train = BoostingData.From(Encoder.Encode(source, train), Gather(weights, train));
        Tasks = [.. Encoder.Tasks.Select(TargetOf)];
        if (settings.Search.Count == 0 && split.Validation.Length > 0) Validation = Encoder.Encode(source, split.Validation);
        if (table.Test is not null) Test = EncodeLabelled(Encoder, table.Test(Encoder));
        else if (split.Test.Length > 0) Test = Encoder.Encode(source, split.Test);
        ValidationWeights = Gather(weights, split.Validation);
        Notes = Encoder.Notes;
    }

    /// <summary>Where the table came from.</summary>
    public string Source { get; }

    /// <summary>Turns raw tables into features and labels; saved with the model.</summary>
    public TableEncoder Encoder { get; }

    /// <summary>The tasks as they are scored.</summary>
    public IReadOnlyList<Target> Tasks { get; }

    /// <summary>Training rows.</summary>
    public BoostingData Train { get; }

    /// <summary>Validation rows; null when there are none.</summary>
    public EncodedTable? Validation { get; }

    /// <summary>Test rows; null when there are none.</summary>
    public EncodedTable? Test { get; }

    /// <summary>Things worth telling: dropped columns.</summary>
    public IReadOnlyList<string> Notes { get; }

    private float[]? ValidationWeights { get; }

    /// <summary>Reads, splits and encodes.</summary>
    /// <exception cref="TableException">The data cannot be read or does not fit the settings.</exception>
    /// <exception cref="RunException">The settings contradict each other.</exception>
    /// <exception cref="BoostingException">The labels or weights cannot be boosted on.</exception>
    public static BoostData Load(BoostSettings settings, CancellationToken cancellation = default) => new(RunTable.Load(settings, cancellation), settings);

    /// <summary>Splits and encodes tables that are already in memory.</summary>
    /// <param name="table">Training (and, without <paramref name="test"/>, test) rows.</param>
    /// <param name="test">Separate test rows.</param>
    /// <param name="settings">Targets, split and encoding.</param>
    public static BoostData From(Table table, Table? test, BoostSettings settings) => new(RunTable.Of(table, test, settings), settings);

    /// <summary>The validation rows as boosting takes them; those of a task unknown to training are left out. Null when there are none.</summary>
    internal BoostingData? ValidationData()
    {
        if (Validation is null) return null;
        if (Validation.TaskOfRow is not { } tasks || !tasks.Contains(-1)) return BoostingData.From(Validation, ValidationWeights);
        int[] known = [.. Enumerable.Range(0, tasks.Length).Where(row => tasks[row] >= 0)];
        return BoostingData.From(Validation.Take(known), Gather(ValidationWeights, known));
    }

    /// <summary>Encodes a table that is to be scored.</summary>
    /// <exception cref="RunException">It lacks a target column.</exception>
    internal static EncodedTable EncodeLabelled(TableEncoder encoder, Table table)
    {
        if (encoder.HasTargets(table)) return encoder.Encode(table);
        string columns = string.Join(", ", encoder.Targets.Select(target => $"'{target.Definition.Column}'").Distinct());
        throw new RunException($"{table.Source}: the labels to score predictions with are missing, expected the target columns {columns}.");
    }

    /// <summary>How a task of an encoder is scored: in its own units.</summary>
    internal static Target TargetOf(TaskDescription task)
    {
        TaskKind kind = task.Kind switch
        {
            TargetKind.Binary => TaskKind.Binary,
            TargetKind.Multiclass => TaskKind.MultiClass,
            TargetKind.Count => TaskKind.Count,
            _ => TaskKind.Regression,
        };
        return new Target { Name = task.Name, Kind = kind, Classes = task.Classes, ClassCount = kind == TaskKind.Binary ? 2 : task.Classes.Count };
    }

    private static float[]? WeightsOf(Table table, string name)
    {
        if (name.Length == 0) return null;
        if (!table.TryGetColumn(name, out Column? column)) throw new RunException($"{table.Source}: there is no weights column '{name}'{Suggestion.Tail(name, [.. table.ColumnNames])}");
        if (column is not NumericColumn numbers) throw new RunException($"{table.Source}: the weights column '{name}' is {column.Kind.ToString().ToLowerInvariant()}, expected numbers.");
        float[] weights = numbers.Values.ToArray();
        int bad = Array.FindIndex(weights, weight => !(weight >= 0));
        if (bad < 0) return weights;
        throw new RunException($"{table.Source}, row {bad + 1}, column '{name}': the weight is {(float.IsNaN(weights[bad]) ? "missing" : weights[bad].ToString(CultureInfo.InvariantCulture))}, expected a number of 0 or more in every row.");
    }

    private static float[]? Gather(float[]? values, int[] rows) => values is null ? null : [.. rows.Select(row => values[row])];
}
