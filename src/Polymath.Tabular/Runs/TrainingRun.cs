using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
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
    // A baseline costs about as much again as the model itself; larger runs have to ask for it.
    private const long AutoBaselineLimit = 4_000_000;
    private const int AutoBaselineTasks = 256;
    private const string MultiTaskStage = "multi-task";
    private const int SmallestBaselineBatch = 16;

    private readonly RunSettings _settings;
    private readonly RunFolder _folder;
    private readonly RunData _data;
    private readonly string _command;
    private readonly Action<RunProgress>? _progress;
    private readonly List<string> _notes;
    private readonly List<EpochRecord> _history = [];
    private TabularModel? _model;
    private double _seconds, _rowsPerSecond;

    private TrainingRun(RunSettings settings, RunFolder folder, RunData data, string command, Action<RunProgress>? progress)
    {
        (_settings, _folder, _data, _command, _progress) = (settings, folder, data, command, progress);
        _notes = [.. data.Notes];
    }

    private bool WantsBaseline => _settings.Baseline switch
    {
        BaselineChoice.SingleTask => true,
        BaselineChoice.None => false,
        _ => _data.Tasks.Count is > 1 and <= AutoBaselineTasks && (long)_data.Train.Rows * _settings.Epochs <= AutoBaselineLimit,
    };

    /// <summary>Trains, or goes on training.</summary>
    /// <param name="settings">What to do; with <see cref="TrainingRunMode.Resume"/>, the settings in the folder.</param>
    /// <param name="folder">Where results go.</param>
    /// <param name="mode">What to do with an earlier run in the folder.</param>
    /// <param name="command">The command line, for the report.</param>
    /// <param name="progress">Told about steps and epochs.</param>
    /// <param name="data">The data, when it is already in memory.</param>
    /// <param name="cancellation">Finishes the step, writes the checkpoint and returns an outcome that is not completed.</param>
    /// <exception cref="RunException">Settings or folder cannot be used; nothing has been written then.</exception>
    public static RunOutcome Execute(RunSettings settings, RunFolder folder, TrainingRunMode mode, string command = "", Action<RunProgress>? progress = null, RunData? data = null, CancellationToken cancellation = default)
    {
        // Everything that can be wrong with the input is found before the folder is touched.
        Balancers.Create(settings.Balancer);
        Optimizers.Create(settings.Optimizer);
        Schedules.Create(settings.Schedule);
        data ??= RunData.Load(settings, cancellation);
        var run = new TrainingRun(settings, folder, data, command, progress);
        run._model = run.Build(ModelSpecification.Parse(settings.Model), data.Tasks);
        if (mode != TrainingRunMode.Resume)
        {
            folder.Prepare(mode == TrainingRunMode.Overwrite);
            AtomicFile.WriteText(folder.Configuration, writer => writer.Write(RunConfiguration.Write(settings)));
        }
        else Directory.CreateDirectory(folder.Checkpoints);

        return run.Train(cancellation);
    }

    private RunOutcome Train(CancellationToken cancellation)
    {
        bool baseline = WantsBaseline;
        if (!baseline && _settings.Baseline == BaselineChoice.Auto && _data.Tasks.Count > 1) _notes.Add("This run is large, so single-task baselines were not trained; add --baseline single-task to find out whether sharing helps.");
        int stages = 1 + (baseline ? _data.Tasks.Count : 0);
        FitResult result = Fit(_model!, _data.Train, _data.Validation, MultiTaskStage, "multi-task", 0, stages, cancellation);
        if (!result.Completed) return new RunOutcome(false, _folder, null);
        (_seconds, _rowsPerSecond) = (result.Seconds, result.RowsPerSecond);
        IReadOnlyList<TaskScore> validation = _data.Validation is null ? [] : Evaluation.Score(_model!, _data.Validation);
        IReadOnlyList<TaskScore> test = _data.Test is null ? [] : Evaluation.Score(_model!, _data.Test);
        CheckPredictions();

        var singles = new SingleTaskFit?[_data.Tasks.Count];
        for (int task = 0; baseline && task < singles.Length; task++)
        {
            if (!TryFitSingle(task, stages, cancellation, out singles[task])) return new RunOutcome(false, _folder, null);
        }

        _data.Encoder.Save(_folder.Encoder);
        RunFolder.SaveModel(_model!, _folder.Model);
        RunReport report = RunReporting.Build(_settings, _data, _model!, result, validation, test, baseline ? singles : [], _notes, _command, _seconds, _rowsPerSecond);
        WriteMetrics(result.History, validation, test, singles);
        AtomicFile.WriteText(_folder.ReportData, writer => writer.Write(report.ToJson()));
        AtomicFile.WriteText(_folder.Report, writer => HtmlReport.Write(report, writer));
        Directory.Delete(_folder.Checkpoints, recursive: true);
        return new RunOutcome(true, _folder, report);
    }

    private bool TryFitSingle(int task, int stages, CancellationToken cancellation, out SingleTaskFit? fit)
    {
        Target target = _data.Tasks[task];
        fit = null;
        ArrayDataset train = _data.Train.OfTask(task);
        ArrayDataset? validation = _data.Validation?.OfTask(task), test = _data.Test?.OfTask(task);
        if (validation is { Rows: 0 }) validation = null;
        if (train.Rows < 2)
        {
            _notes.Add($"Task '{target.Name}' has {train.Rows} training rows, so it has no single-task baseline.");
            return true;
        }

        TabularModel model = Build(ModelSpecification.Parse(_settings.Model).SingleTask(), new TaskSet(target));
        string stage = string.Create(CultureInfo.InvariantCulture, $"single-task-{task}");
        FitResult result = Fit(model, train, validation, $"single-task: {target.Name}", stage, task + 1, stages, cancellation);
        if (!result.Completed) return false;
        fit = new SingleTaskFit(task, validation is null ? null : Evaluation.Score(model, validation)[0], test is null or { Rows: 0 } ? null : Evaluation.Score(model, test)[0]);
        return true;
    }

    private FitResult Fit(MultiTaskModel model, ArrayDataset train, ArrayDataset? validation, string stage, string file, int number, int stages, CancellationToken cancellation)
    {
        bool multi = number == 0;
        var trainer = new Trainer(model)
        {
            Optimizer = Optimizers.Create(_settings.Optimizer),
            Schedule = Schedules.Create(_settings.Schedule),
            Balancer = multi ? Balancers.Create(_settings.Balancer) : new EqualWeighting(),
            CheckpointPath = Path.Combine(_folder.Checkpoints, $"{file}.safetensors"),
            Options = OptionsFor(train.Rows) with { ConflictSamples = !multi ? 0 : model.Tasks.Count <= 16 ? 8 : 2 },
        };
        return trainer.Fit(train, validation, Report, cancellation);

        void Report(TrainingProgress training)
        {
            if (multi && training.Finished is { } finished)
            {
                _history.Add(finished);
                if (_history[0].Epoch == 0) WriteMetrics(_history, [], [], []);
            }

            _progress?.Invoke(new RunProgress(stage, number, stages, model.Tasks, training));
        }
    }

    /// <summary>
    /// The budget of a fit. A task that labels only some of the rows gets as many steps as the multi-task model, on proportionally
    /// smaller batches: with the same epochs of full batches a small task's baseline would stop after a few steps and lose unfairly.
    /// </summary>
    private TrainerOptions OptionsFor(int rows)
    {
        int all = _data.Train.Rows, batch = _settings.BatchSize, epochs = _settings.Epochs, patience = _settings.Patience;
        if (rows < all)
        {
            long steps = (long)epochs * Steps(all, batch);
            batch = Math.Min(batch, Math.Max(SmallestBaselineBatch, (int)Math.Ceiling((double)batch * rows / all)));
            int longer = (int)Math.Min(int.MaxValue / 2, (steps + Steps(rows, batch) - 1) / Steps(rows, batch));
            (epochs, patience) = (longer, (int)Math.Ceiling((double)patience * longer / epochs));
        }

        return new TrainerOptions { Epochs = epochs, BatchSize = batch, Patience = patience, ClipNorm = _settings.Clip, Seed = (ulong)_settings.Seed };

        // As the trainer cuts an epoch: a single leftover row joins the batch before it.
        static int Steps(int rows, int batch) => Math.Max(1, (rows / batch) + (rows % batch > 1 ? 1 : 0));
    }

    private TabularModel Build(ModelSpecification specification, TaskSet tasks) => specification.Create(_data.Schema, tasks, (ulong)_settings.Seed);

    /// <summary>The records of the run; nothing in them depends on the clock, so an interrupted run ends with the same bytes.</summary>
    private void WriteMetrics(IReadOnlyList<EpochRecord> history, IReadOnlyList<TaskScore> validation, IReadOnlyList<TaskScore> test, IReadOnlyList<SingleTaskFit?> singles)
        => AtomicFile.WriteText(_folder.Metrics, writer =>
        {
            writer.NewLine = "\n";
            foreach (EpochRecord record in history) writer.WriteLine(EpochRecordJson.Write(record, _data.Tasks));
            foreach (TaskScore score in validation) writer.WriteLine(TaskScoreJson.Write("validation", MultiTaskStage, score));
            foreach (TaskScore score in test) writer.WriteLine(TaskScoreJson.Write("test", MultiTaskStage, score));
            foreach (SingleTaskFit? single in singles)
            {
                if (single?.Validation is { } valid) writer.WriteLine(TaskScoreJson.Write("validation", "single-task", valid));
                if (single?.Test is { } held) writer.WriteLine(TaskScoreJson.Write("test", "single-task", held));
            }
        });

    /// <summary>A model that answers the same for every row has not learned; the report says so.</summary>
    private void CheckPredictions()
    {
        const double Constant = 1e-6;
        ArrayDataset rows = _data.Validation ?? _data.Train;
        float[][] predictions = Evaluation.Predict(_model!, rows);
        for (int task = 0; task < predictions.Length; task++)
        {
            Target target = _data.Tasks[task];
            if (target.Kind == TaskKind.MultiClass || predictions[task].Length < 2) continue;
            double mean = predictions[task].Average(), deviation = Math.Sqrt(predictions[task].Average(value => (value - mean) * (value - mean)));
            if (deviation < Constant * Math.Max(1, target.Deviation)) _notes.Add($"Task '{target.Name}' is predicted the same for every row; try a higher learning rate, batch normalisation, or more epochs.");
        }
    }
}
