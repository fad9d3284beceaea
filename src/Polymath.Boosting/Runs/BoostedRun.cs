using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Training;

namespace Polymath.Boosting.Runs;

/// <summary>A finished run of boosted trees, loaded to predict or to be evaluated.</summary>
public sealed class BoostedRun
{
    private BoostedRun(BoostSettings settings, TableEncoder encoder, BoostedModel model) => (Settings, Encoder, Model) = (settings, encoder, model);

    /// <summary>What it was boosted with.</summary>
    public BoostSettings Settings { get; }

    /// <summary>How raw tables become features.</summary>
    public TableEncoder Encoder { get; }

    /// <summary>The fitted model.</summary>
    public BoostedModel Model { get; }

    /// <summary>Loads a run folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="unknown">What a row of a task unknown to training does; null as the settings of the run say.</param>
    /// <exception cref="RunException">A file is missing, damaged, or does not fit the others.</exception>
    /// <exception cref="BoostingException">The model is damaged.</exception>
    public static BoostedRun Load(string path, UnknownTask? unknown = null)
    {
        var folder = new BoostFolder(path);
        BoostSettings settings = folder.ReadSettings();
        TableEncoder encoder = folder.ReadEncoder();
        if (!File.Exists(folder.Model)) throw new RunException($"{folder.Model}: the model is missing; the run is not finished or the folder is not a run.");
        var model = BoostedModel.Load(folder.Model);
        string[] expected = [.. encoder.NumericNames, .. encoder.Fields.Select(field => field.Name)];
        bool sameTasks = model.Tasks is null ? encoder.TaskColumn is null && model.Targets.Count == encoder.Tasks.Count : encoder.TaskColumn is not null && model.Tasks.Labels.SequenceEqual(encoder.Tasks.Select(task => task.Name));
        if (!model.Features.Select(feature => feature.Name).SequenceEqual(expected) || !sameTasks) throw new RunException($"{folder.Model}: does not belong to {Path.GetFileName(folder.Encoder)}: features or tasks differ.");
        return new BoostedRun(settings, unknown is { } answer ? encoder.With(answer) : encoder, model);
    }

    /// <summary>Predictions for a raw table, chunk by chunk, so that any size of file streams.</summary>
    /// <param name="source">A table with the training columns in any order; further columns are ignored.</param>
    /// <param name="options">How to read it; as the training table unless given.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <returns>Per chunk, one array per target, <c>[rows, target outputs]</c>: a single one where rows belong to tasks. A row of task -1 is unknown to training and has the prediction of the shared trees.</returns>
    public IEnumerable<(int Rows, int[]? TaskOfRow, float[][] Predictions)> Predict(string source, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= Settings.ReadOptions(Settings.SkipLines);
        foreach (EncodedTable chunk in Encoder.EncodeChunks(source, options, cancellation: cancellation))
        {
            double[] predictions = Model.Predict(FeatureMatrix.From(chunk), chunk.TaskOfRow);
            yield return (chunk.Rows, chunk.TaskOfRow, [.. Model.Targets.Select((_, target) => TargetPredictions.Of(Model, predictions, target))]);
        }
    }

    /// <summary>Scores on a table that also holds the labels; rows of tasks unknown to training are scored together.</summary>
    /// <param name="source">The table.</param>
    /// <param name="options">How to read it; as the training table unless given.</param>
    /// <param name="cancellation">Stops reading.</param>
    public IReadOnlyList<TaskScore> Evaluate(string source, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        Table table = Encoder.Read(source, options ?? Settings.ReadOptions(Settings.SkipLines), cancellation);
        Target[] tasks = [.. Encoder.Tasks.Select(BoostData.TargetOf)];
        return [.. TaskAnswers.Of(Model, tasks, BoostData.EncodeLabelled(Encoder, table)).Select(answers => answers.Score())];
    }
}
