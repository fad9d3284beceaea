using Polymath.Data.Runs;
using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;
using Polymath.Learning.Metrics;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tabular.Comparing;

/// <summary>
/// Trains every model of a grid with every balancer and several seeds: one table, read and split once, one trainer, one budget. Finished
/// trainings are kept one by one, so that a comparison which was stopped or killed goes on to the identical result, and a finished one can be given
/// more models, balancers or seeds.
/// </summary>
/// <example><code>
/// var settings = new ComparisonSettings { Data = "census.csv", Targets = ["income", "hours"], Models = ["single-task", "mmoe:experts=4"], Seeds = 3 };
/// ComparisonResult result = Comparison.Execute(settings, new ComparisonFolder("compare")).Result!;
/// Console.WriteLine(result.Cells[1].Mean.Difference);
/// </code></example>
public sealed class Comparison
{
    // Every line names its model, balancer and seed.
    private static readonly string[] s_perLine = ["models", "balancers", "seeds", "seed", "reference"];

    private readonly ComparisonSettings _settings;
    private readonly TabularData _data;
    private readonly IReadOnlyList<ComparisonCell> _cells;
    private readonly Dictionary<ComparisonCell, string> _refused = [];
    private readonly int _reference;

    private Comparison(ComparisonSettings settings, TabularData data, IReadOnlyList<ComparisonCell> cells)
    {
        (_settings, _data, _cells) = (settings, data, cells);
        _reference = ComparisonGrid.ReferenceOf(settings.Reference, cells);
        Exception? first = null;
        foreach (ComparisonCell cell in cells)
        {
            try
            {
                Make(cell, settings.Seed, null).Trainer.Validate(data.Train, data.Validation);
            }
            catch (Exception exception) when (IsOfCell(exception))
            {
                first ??= exception;
                _refused[cell] = exception.Message;
            }
        }

        // What stops every model is wrong with the data or the settings.
        if (_refused.Count == cells.Count) throw first!;
    }

    /// <summary>Compares in a folder, or goes on comparing there.</summary>
    /// <param name="settings">What to do; the grid of a comparison that is in the folder already is added to theirs.</param>
    /// <param name="folder">Where results go: new or empty, or that of a comparison on the same data with the same settings beside its grid.</param>
    /// <param name="overwrite">Replace an earlier comparison in the folder.</param>
    /// <param name="command">The command line, for the report.</param>
    /// <param name="progress">Told about trainings and their steps.</param>
    /// <param name="data">The data, when it is already in memory.</param>
    /// <param name="cancellation">Finishes the step, writes the checkpoint and returns an outcome that is not completed.</param>
    /// <exception cref="RunException">Settings or folder cannot be used; nothing has been written then.</exception>
    public static ComparisonOutcome Execute(ComparisonSettings settings, ComparisonFolder folder, bool overwrite = false, string command = "", Action<ComparisonProgress>? progress = null, TabularData? data = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(settings);
        if (!overwrite && folder.IsComparison) settings = ComparisonGrid.Join(folder.ReadSettings(), settings);
        IReadOnlyList<ComparisonCell> cells = Check(settings);
        data ??= RunData.Load(settings, cancellation);
        var comparison = new Comparison(settings, data, cells);
        if (overwrite || !folder.IsComparison) folder.Prepare(overwrite);
        var finished = new Dictionary<(string, string, int), ComparisonRun>();
        using (Journal journal = comparison.Open(folder.Runs, finished))
        {
            Directory.CreateDirectory(folder.Checkpoints);
            AtomicFile.WriteText(folder.Configuration, writer => writer.Write(SettingFile.Write(ComparisonOptions.Table, settings, ComparisonOptions.Kind)));
            if (!comparison.Train(finished, journal, folder.Checkpoints, progress, cancellation)) return new ComparisonOutcome(false, folder, null);
        }

        ComparisonResult result = comparison.Result(finished);
        AtomicFile.WriteText(folder.Report, writer => ComparisonReport.Write(result, SourceAddress.WithoutPassword(command), writer));
        folder.Finish();
        return new ComparisonOutcome(true, folder, result);
    }

    /// <summary>Compares on data that is in memory.</summary>
    /// <param name="settings">What to do; its table, targets and split are passed over.</param>
    /// <param name="data">The data.</param>
    /// <param name="journal">A file that keeps finished trainings; null keeps none.</param>
    /// <param name="progress">Told about trainings and their steps.</param>
    /// <param name="cancellation">Stops after the step.</param>
    /// <exception cref="OperationCanceledException">Cancelled; what is finished is in the journal.</exception>
    public static ComparisonResult Run(ComparisonSettings settings, TabularData data, string? journal = null, Action<ComparisonProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var comparison = new Comparison(settings, data, Check(settings));
        var finished = new Dictionary<(string, string, int), ComparisonRun>();
        using Journal? kept = journal is null ? null : comparison.Open(journal, finished);
        if (!comparison.Train(finished, kept, null, progress, cancellation)) throw new OperationCanceledException(cancellation);
        return comparison.Result(finished);
    }

    private static IReadOnlyList<ComparisonCell> Check(ComparisonSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ComparisonOptions.Table.Validate(settings);
        IReadOnlyList<ComparisonCell> cells = ComparisonGrid.Of(settings);
        RunTrainer.Check(settings with { Model = cells[0].Model, Balancer = cells[0].Balancer });
        ComparisonGrid.ReferenceOf(settings.Reference, cells);
        return cells;
    }

    private Journal Open(string path, Dictionary<(string, string, int), ComparisonRun> finished) => new(path, "comparison", RunFingerprint.Of(ComparisonOptions.Table, _settings, s_perLine, _data), "other data or other settings", line =>
    {
        ComparisonRun run = ComparisonRunJson.Read(line);
        finished[(run.Model, run.Balancer, run.Seed)] = run;
    });

    // Seeds are the outer loop: a comparison that is stopped early has seen every model.
    private bool Train(Dictionary<(string, string, int), ComparisonRun> finished, Journal? journal, string? checkpoints, Action<ComparisonProgress>? progress, CancellationToken cancellation)
    {
        int total = _cells.Count * _settings.Seeds, done = 0;
        for (int repeat = 0; repeat < _settings.Seeds; repeat++)
        {
            foreach (ComparisonCell cell in _cells)
            {
                int before = done++, number = repeat, seed = _settings.Seed + repeat;
                if (finished.ContainsKey((cell.Model, cell.Balancer, seed))) continue;
                Report(null);
                string? checkpoint = checkpoints is null ? null : Path.Combine(checkpoints, $"{RunFingerprint.Digest($"{cell.Model}\n{cell.Balancer}\n{seed}")[..16]}.safetensors");
                ComparisonRun? run = _refused.TryGetValue(cell, out string? reason) ? new ComparisonRun(cell.Model, cell.Balancer, seed) { Error = reason } : TrainCell(cell, seed, checkpoint, training => Report(training), cancellation);
                if (run is null) return false;
                finished[(cell.Model, cell.Balancer, seed)] = run;
                journal?.Add(json => ComparisonRunJson.Write(json, run));
                if (checkpoint is not null) File.Delete(checkpoint);

                void Report(TrainingProgress? training) => progress?.Invoke(new ComparisonProgress(before, total, cell, number, _settings.Seeds, training));
            }
        }

        return true;
    }

    /// <summary>One training; null when it was cancelled.</summary>
    private ComparisonRun? TrainCell(ComparisonCell cell, int seed, string? checkpoint, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        bool resumed = checkpoint is not null && File.Exists(checkpoint);
        try
        {
            (TabularModel model, Trainer trainer) = Make(cell, seed, checkpoint);
            FitResult fit = trainer.Fit(_data.Train, _data.Validation, progress, cancellation);
            if (!fit.Completed) return null;
            return new ComparisonRun(cell.Model, cell.Balancer, seed)
            {
                Parameters = model.ParameterCount,
                FlopsPerRow = model.FlopsPerRow,
                Epochs = fit.History.Count,
                BestEpoch = fit.BestEpoch,
                Seconds = fit.Seconds,
                RowsPerSecond = fit.RowsPerSecond,
                Validation = _data.Validation is null ? [] : Evaluation.Score(model, _data.Validation),
                Test = _data.Test is null ? [] : Evaluation.Score(model, _data.Test),
                Resampled = Resample(model),
            };
        }
        catch (TrainingException) when (resumed)
        {
            // The checkpoint may be what is wrong; without it the training says what else is.
            File.Delete(checkpoint!);
            return TrainCell(cell, seed, checkpoint, progress, cancellation);
        }
        catch (Exception exception) when (IsOfCell(exception))
        {
            return new ComparisonRun(cell.Model, cell.Balancer, seed) { Error = exception.Message };
        }
    }

    // The stream is the same for every task and every run: rows are drawn together.
    private double[][] Resample(TabularModel model)
    {
        if (_data.Headline is not { } rows) return [];
        float[][] predictions = Evaluation.Predict(model, rows);
        return [.. _data.Tasks.Select((target, task) =>
        {
            (float[] labels, float[] answers) = Evaluation.Observed(target, task, predictions[task], rows);
            return PairedBootstrap.Values(Evaluation.PrimaryMetric(target), labels, answers, target.ClassCount, new RandomStream((ulong)_settings.SplitSeed).Derive("bootstrap"));
        })];
    }

    private (TabularModel Model, Trainer Trainer) Make(ComparisonCell cell, int seed, string? checkpoint)
    {
        TabularModel model = ModelSpecification.Parse(cell.Model).Create(_data.Schema, _data.Tasks, (ulong)seed);
        return (model, RunTrainer.Create(_settings with { Balancer = cell.Balancer }, model, (ulong)seed, checkpoint, looks: 0));
    }

    private ComparisonResult Result(Dictionary<(string, string, int), ComparisonRun> finished)
        => ComparisonResult.Of(_settings, _data, _cells, _reference, [.. _cells.Select(cell => Enumerable.Range(_settings.Seed, _settings.Seeds).Select(seed => finished[(cell.Model, cell.Balancer, seed)]).ToArray())]);

    // What one model or balancer refuses, or cannot do, need not concern the others.
    private static bool IsOfCell(Exception exception) => exception is ModelException or BalancerException or ComponentException or TrainingException or TensorException;
}
