using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tabular.Runs;

/// <summary>
/// A whole run: data in, the multi-task model trained, one single-task model per task for comparison, scores, and the run folder.
/// Every fit keeps a checkpoint, so a run that was killed continues to the identical result.
/// </summary>
/// <example><code>
/// var settings = new RunSettings { Data = "census.csv", Targets = ["income:binary", "age:regression"], Model = "mmoe" };
/// RunOutcome outcome = TrainingRun.Execute(settings, new RunFolder("run"), TrainingRunMode.New);
/// Console.WriteLine(outcome.Report!.DeltaM);
/// </code></example>
public sealed class TrainingRun
{
    private const string MultiTaskFile = "multi-task";

    private readonly RunSettings _settings;
    private readonly RunFolder _folder;
    private readonly TabularData _data;
    private readonly string _command;
    private readonly Action<RunProgress>? _progress;
    private readonly List<string> _notes;
    private readonly List<EpochRecord> _history = [];
    private readonly TabularModel _model;

    private TrainingRun(RunSettings settings, RunFolder folder, TabularData data, string command, Action<RunProgress>? progress)
    {
        (_settings, _folder, _data, _command, _progress) = (settings, folder, data, command, progress);
        _notes = [.. data.Notes];
        _model = Specification.Create(data.Schema, data.Tasks, SeedOf(0));
    }

    private ModelSpecification Specification => ModelSpecification.Parse(_settings.Model);

    /// <summary>Trains, or goes on training.</summary>
    /// <param name="settings">What to do; with <see cref="TrainingRunMode.Resume"/>, the settings in the folder.</param>
    /// <param name="folder">Where results go.</param>
    /// <param name="mode">What to do with an earlier run in the folder. Resuming a finished run returns its report.</param>
    /// <param name="command">The command line, for the report; passwords in it are left out.</param>
    /// <param name="progress">Told about steps and epochs.</param>
    /// <param name="data">The data, when it is already in memory.</param>
    /// <param name="cancellation">Finishes the step, writes the checkpoint and returns an outcome that is not completed.</param>
    /// <exception cref="RunException">Settings or folder cannot be used; nothing has been written then.</exception>
    /// <exception cref="TrainingException">Data and settings cannot be trained on, in which case nothing has been written, or training went astray.</exception>
    public static RunOutcome Execute(RunSettings settings, RunFolder folder, TrainingRunMode mode, string command = "", Action<RunProgress>? progress = null, TabularData? data = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (mode == TrainingRunMode.Resume && folder.IsFinished) return new RunOutcome(true, folder, folder.ReadReport());

        // Everything that can be wrong with the input is found before the folder is touched.
        RunTrainer.Check(settings);
        data ??= RunData.Load(settings, cancellation);
        var run = new TrainingRun(settings, folder, data, command, progress);
        Trainer trainer = run.TrainerFor(run._model, MultiTaskFile, 0);
        trainer.Validate(data.Train, data.Validation);
        if (mode != TrainingRunMode.Resume)
        {
            folder.Prepare(mode == TrainingRunMode.Overwrite);
            AtomicFile.WriteText(folder.Configuration, writer => writer.Write(RunConfiguration.Write(settings)));
        }
        else Directory.CreateDirectory(folder.Checkpoints);

        return run.Train(trainer, cancellation);
    }

    /// <summary>Finds what would stop a run on data that is already in memory, before anything is written.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="data">The data.</param>
    /// <exception cref="RunException">A setting is out of range.</exception>
    /// <exception cref="TrainingException">Data and settings cannot be trained on.</exception>
    public static void Check(RunSettings settings, TabularData data)
    {
        RunTrainer.Check(settings);
        var run = new TrainingRun(settings, new RunFolder(string.Empty), data, string.Empty, null);
        run.TrainerFor(run._model, MultiTaskFile, 0).Validate(data.Train, data.Validation);
    }

    private RunOutcome Train(Trainer trainer, CancellationToken cancellation)
    {
        bool baseline = SingleTaskBaseline.IsWanted(_settings.Baseline, _data, _settings.Epochs, _notes);
        var seeds = new List<RunResults>();
        for (int repeat = 0; repeat < _settings.Seeds; repeat++)
        {
            // The first one's model is kept; the others say how much of its gain is luck.
            TabularModel model = repeat == 0 ? _model : Specification.Create(_data.Schema, _data.Tasks, SeedOf(repeat));
            if (TrainSeed(repeat, model, repeat == 0 ? trainer : TrainerFor(model, MultiTaskFile, repeat), baseline, cancellation) is not { } results) return new RunOutcome(false, _folder, null);
            seeds.Add(results);
        }

        RunReport report = RunReporting.Build(_settings, _data, _model, seeds, _notes, _command);
        RunResults.Write(seeds, _folder, _data, _model, report);
        _folder.Finish();
        return new RunOutcome(true, _folder, report);
    }

    /// <summary>The multi-task fit and its baselines for one seed; null when it was cancelled.</summary>
    private RunResults? TrainSeed(int repeat, TabularModel model, Trainer trainer, bool baseline, CancellationToken cancellation)
    {
        var singles = new SingleTaskFit?[baseline ? _data.Tasks.Count : 0];
        int stages = (1 + singles.Length) * _settings.Seeds, first = (1 + singles.Length) * repeat;
        string suffix = _settings.Seeds == 1 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", seed {repeat + 1} of {_settings.Seeds}");
        List<string> notes = repeat == 0 ? _notes : [];
        FitResult fit = trainer.Fit(_data.Train, _data.Validation, training => Report(training, $"multi-task{suffix}", first, stages, _data.Tasks), cancellation);
        if (!fit.Completed) return null;
        RunResults results = RunResults.Of(fit, model, _data, notes) with { Singles = singles };
        for (int task = 0; task < singles.Length; task++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"single-task-{task}");
            int number = first + task + 1;
            Target target = _data.Tasks[task];
            if (!SingleTaskBaseline.TryFit(_data, task, results.HeadlineOf(task), Specification.SingleTask(), SeedOf(repeat), (single, rows) => TrainerFor(single, file, repeat, rows), notes, training => Report(training, $"single-task: {target.Name}{suffix}", number, stages, new TaskSet(target)), cancellation, out singles[task]))
            {
                return null;
            }
        }

        return results;
    }

    private Trainer TrainerFor(TabularModel model, string file, int repeat, int? labelled = null)
        => RunTrainer.Create(_settings, model, SeedOf(repeat), Path.Combine(_folder.Checkpoints, repeat == 0 ? $"{file}.safetensors" : string.Create(CultureInfo.InvariantCulture, $"{file}-seed-{repeat}.safetensors")), labelled, _data.Train.Rows);

    private ulong SeedOf(int repeat) => (ulong)_settings.Seed + (ulong)repeat;

    private void Report(TrainingProgress training, string stage, int number, int stages, TaskSet tasks)
    {
        if (number == 0 && training.Finished is { } finished)
        {
            // A resumed session has not seen the first epochs; the file is written again at the end.
            _history.Add(finished);
            if (_history[0].Epoch == 0) RunResults.WriteEpochs(_folder, _data.Tasks, _history);
        }

        _progress?.Invoke(new RunProgress(stage, number, stages, tasks, training));
    }
}
