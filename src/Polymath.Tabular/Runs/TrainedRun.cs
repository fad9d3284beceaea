using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;

namespace Polymath.Tabular.Runs;

/// <summary>A finished run, loaded to predict or to be evaluated.</summary>
public sealed class TrainedRun
{
    private TrainedRun(RunSettings settings, TableEncoder encoder, TabularModel model) => (Settings, Encoder, Model) = (settings, encoder, model);

    /// <summary>What it was trained with.</summary>
    public RunSettings Settings { get; }

    /// <summary>How raw tables become inputs.</summary>
    public TableEncoder Encoder { get; }

    /// <summary>The trained model, in inference mode.</summary>
    public TabularModel Model { get; }

    /// <summary>Loads a run folder.</summary>
    /// <exception cref="RunException">A file is missing, damaged, or does not fit the others.</exception>
    public static TrainedRun Load(string path)
    {
        var folder = new RunFolder(path);
        RunSettings settings = folder.ReadSettings();
        TableEncoder encoder = folder.ReadEncoder();
        TaskSet tasks = NegativeSampling.Calibrated(new TaskSet(encoder.Tasks.Select(task => TaskEncoding.TargetOf(task))), settings.Negatives);
        TabularModel model = ModelSpecification.Parse(settings.Model).Create(TaskEncoding.SchemaOf(encoder), tasks, (ulong)settings.Seed);
        RunFolder.LoadModel(model, folder.Model);
        model.Evaluate();
        return new TrainedRun(settings, encoder, model);
    }

    /// <summary>Predictions for a raw table, chunk by chunk, so that any size of file streams.</summary>
    /// <param name="source">A table with the training columns in any order; further columns are ignored.</param>
    /// <param name="options">How to read it; as the training table unless given.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <returns>Per chunk, one array per task: <c>[rows, task outputs]</c>, probabilities or numbers in the label's own units.</returns>
    public IEnumerable<(int Rows, int[]? TaskOfRow, float[][] Predictions)> Predict(string source, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= Settings.ReadOptions(Settings.SkipLines);
        foreach (EncodedTable chunk in Encoder.EncodeChunks(source, options, cancellation: cancellation))
        {
            yield return (chunk.Rows, chunk.TaskOfRow, Evaluation.Predict(Model, TaskEncoding.DatasetOf(chunk)));
        }
    }

    /// <summary>Scores on a table that also holds the labels.</summary>
    /// <param name="source">The table.</param>
    /// <param name="options">How to read it; as the training table unless given.</param>
    /// <param name="cancellation">Stops reading.</param>
    public IReadOnlyList<TaskScore> Evaluate(string source, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        Table table = Encoder.Read(source, options ?? Settings.ReadOptions(Settings.SkipLines), cancellation);
        return Evaluation.Score(Model, TaskEncoding.DatasetOf(TaskEncoding.EncodeLabelled(Encoder, table)));
    }

    /// <summary>How the model uses its experts on a table, with or without labels.</summary>
    /// <param name="source">The table.</param>
    /// <param name="options">How to read it; as the training table unless given.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="RunException">The model has no experts, or the table no rows.</exception>
    public ExpertReport InspectExperts(string source, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        if (Model is not IExpertModel experts) throw new RunException($"the model '{Model.Name}' has no experts, expected a run of one that has, such as mmoe, ple or home.");
        Table table = Encoder.Read(source, options ?? Settings.ReadOptions(Settings.SkipLines), cancellation);
        if (table.Rows == 0) throw new RunException($"{source}: holds no rows, expected at least one.");
        return ExpertDiagnostics.Of(experts, TaskEncoding.DatasetOf(Encoder.Encode(table)));
    }
}
