using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tabular.Tuning;

/// <summary>
/// Looks for good hyper-parameters of one model by the scores on the validation rows, at random (Bergstra and Bengio 2012) or by successive halving
/// (Jamieson and Talwalkar 2016), whose trials go on from their checkpoints. The best one is then trained as any run and scored once on the test
/// rows. Finished trials are kept one by one: a search that was killed goes on to the identical result.
/// </summary>
/// <example><code>
/// var settings = new TuningSettings { Data = "census.csv", Targets = ["income", "hours"], Model = "mmoe", Search = ["lr=0.0001..0.01:log", "experts=2/4/8"] };
/// TuningResult result = HyperparameterSearch.Execute(settings, new TuningFolder("tune")).Result!;
/// Console.WriteLine(result.Best.Model);
/// </code></example>
public sealed class HyperparameterSearch
{
    // Every line names its values and epochs; the rest of these does not touch a trial.
    private static readonly string[] s_perLine = ["search", "trials", "method", "reduction", "baseline", "seeds"];

    private readonly TuningSettings _settings;
    private readonly TabularData _data;
    private readonly TuningFolder _folder;
    private readonly Action<TuningProgress>? _progress;
    private readonly SearchSpace _space;
    private readonly IReadOnlyList<string[]> _trials;
    private readonly IReadOnlyList<RungPlan> _rungs;
    private readonly double _total;
    private readonly Dictionary<string, TuningTrial> _finished = new(StringComparer.Ordinal);
    private double _done;

    private HyperparameterSearch(TuningSettings settings, TabularData data, SearchSpace space, TuningFolder folder, Action<TuningProgress>? progress)
    {
        (_settings, _data, _space, _folder, _progress) = (settings, data, space, folder, progress);
        if (data.Validation is null) throw new RunException("a search scores its trials on validation rows, found none; give --validation a fraction above 0.");
        _trials = space.Draw(settings.Trials);
        _rungs = RungPlan.Of(settings, _trials.Count);
        _total = _rungs.Select((rung, r) => (double)rung.Trials * (rung.Epochs - (r == 0 ? 0 : _rungs[r - 1].Epochs))).Sum() + settings.Epochs;
    }

    /// <summary>Searches, or goes on searching.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="folder">Where results go: new or empty, or that of a search on the same data with the same settings, to which trials may be added.</param>
    /// <param name="overwrite">Replace an earlier search in the folder.</param>
    /// <param name="command">The command line, for the report.</param>
    /// <param name="progress">Told about trials and their steps.</param>
    /// <param name="data">The data, when it is already in memory.</param>
    /// <param name="cancellation">Finishes the step, writes the checkpoint and returns an outcome that is not completed.</param>
    /// <exception cref="RunException">Settings or folder cannot be used; nothing has been written then.</exception>
    public static TuningOutcome Execute(TuningSettings settings, TuningFolder folder, bool overwrite = false, string command = "", Action<TuningProgress>? progress = null, TabularData? data = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        TuningOptions.Table.Validate(settings);
        var space = new SearchSpace(settings);
        data ??= RunData.Load(settings, cancellation);
        TrainingRun.Check(settings, data);
        var search = new HyperparameterSearch(settings, data, space, folder, progress);
        if (overwrite || !folder.IsSearch) folder.Prepare(overwrite);
        TuningTrial[]? trials;
        using (var journal = new Journal(folder.Trials, "search", RunFingerprint.Of(TuningOptions.Table, settings, s_perLine, data), "other data or other settings", search.Take))
        {
            Directory.CreateDirectory(folder.Checkpoints);
            AtomicFile.WriteText(folder.Configuration, writer => writer.Write(SettingFile.Write(TuningOptions.Table, settings, TuningOptions.Kind)));
            trials = search.Run(journal, cancellation);
        }

        return trials is null ? new TuningOutcome(false, folder, null) : search.Finish(trials, command, cancellation);
    }

    private void Take(System.Text.Json.JsonElement line)
    {
        (string key, TuningTrial trial) = TuningJson.Read(line);
        _finished[key] = trial;
    }

    /// <summary>All rungs; the trials, best first, or null when it was cancelled.</summary>
    private TuningTrial[]? Run(Journal journal, CancellationToken cancellation)
    {
        int[] running = [.. Enumerable.Range(0, _trials.Count)];
        var latest = new TuningTrial[_trials.Count];
        for (int r = 0; r < _rungs.Count; r++)
        {
            int spent = r == 0 ? 0 : _rungs[r - 1].Epochs;
            for (int i = 0; i < running.Length; i++)
            {
                int trial = running[i];
                string stage = string.Create(CultureInfo.InvariantCulture, $"trial {i + 1} of {running.Length}{(_rungs.Count > 1 ? $", rung {r + 1} of {_rungs.Count}" : string.Empty)}");
                if (Trial(trial, _rungs[r].Epochs, spent, stage, journal, cancellation) is not { } result) return null;
                latest[trial] = result;
                _done += _rungs[r].Epochs - spent;
            }

            // An equal score goes to the earlier trial.
            int next = r + 1 < _rungs.Count ? _rungs[r + 1].Trials : 0;
            if (next == 0) break;
            int[] ordered = [.. running.OrderByDescending(trial => Order(latest[trial])).ThenBy(trial => trial)];
            foreach (int stopped in ordered[next..]) File.Delete(CheckpointOf(stopped));
            running = [.. ordered[..next].Order()];
        }

        TuningTrial[] ranked = [.. latest.OrderByDescending(trial => trial.Epochs).ThenByDescending(Order).ThenBy(trial => trial.Number)];
        return double.IsNaN(ranked[0].Score) ? throw new RunException($"no trial has a score{(ranked[0].Error is { } error ? $"; the first says: {error}" : " on the validation rows; are there labels among them?")}") : ranked;
    }

    private TuningTrial? Trial(int number, int epochs, int spent, string stage, Journal journal, CancellationToken cancellation)
    {
        string key = TuningJson.KeyOf(_space.Names, _trials[number], epochs);
        Report(stage, null, spent, epochs);
        if (_finished.TryGetValue(key, out TuningTrial? kept)) return kept with { Number = number, Values = _trials[number] };
        if (Fit(number, epochs, stage, spent, cancellation) is not { } trial) return null;
        _finished[key] = trial;
        journal.Add(json => TuningJson.Write(json, _space.Names, trial));
        if (epochs == _settings.Epochs) File.Delete(CheckpointOf(number));
        return trial;
    }

    // The schedule is that of the whole training, so that a trial which goes on is the training it would have been at once.
    private TuningTrial? Fit(int number, int epochs, string stage, int spent, CancellationToken cancellation)
    {
        TuningSettings settings = _space.Apply(_trials[number]);
        string checkpoint = CheckpointOf(number);
        bool resumed = File.Exists(checkpoint);
        try
        {
            TabularModel model = ModelSpecification.Parse(settings.Model).Create(_data.Schema, _data.Tasks, (ulong)settings.Seed);
            using var rung = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            FitResult fit = RunTrainer.Create(settings, model, (ulong)settings.Seed, checkpoint, looks: 0).Fit(_data.Train, _data.Validation, Progress, rung.Token);
            if (!fit.Completed && fit.History.Count < epochs) return null;
            double score = fit.History.Take(epochs).Select(epoch => epoch.Score).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
            return new TuningTrial(number, _trials[number], epochs, score, fit.Seconds, null);

            void Progress(TrainingProgress at)
            {
                Report(stage, at, spent, epochs);
                if (at.Finished is { } finished && finished.Epoch + 1 >= epochs && epochs < _settings.Epochs) rung.Cancel();
            }
        }
        catch (TrainingException) when (resumed)
        {
            // The checkpoint may be what is wrong; without it the training says what else is.
            File.Delete(checkpoint);
            return Fit(number, epochs, stage, spent, cancellation);
        }
        catch (Exception exception) when (exception is ModelException or BalancerException or ComponentException or OptimizerException or TrainingException or TensorException)
        {
            return new TuningTrial(number, _trials[number], epochs, double.NaN, 0, exception.Message);
        }
    }

    private TuningOutcome Finish(TuningTrial[] trials, string command, CancellationToken cancellation)
    {
        RunSettings best = RunSettingsOf(_space.Apply([.. trials[0].Values]));
        string text = RunConfiguration.Write(best);
        AtomicFile.WriteText(_folder.BestSettings, writer => writer.Write(text));
        RunFolder folder = _folder.Best;
        bool same = File.Exists(folder.Configuration) && File.ReadAllText(folder.Configuration) == text;
        TrainingRunMode mode = same ? TrainingRunMode.Resume : File.Exists(folder.Configuration) ? TrainingRunMode.Overwrite : TrainingRunMode.New;
        RunOutcome outcome = TrainingRun.Execute(best, folder, mode, command, at => Report("the best one", at.Training, 0, _settings.Epochs), _data, cancellation);
        if (!outcome.Completed) return new TuningOutcome(false, _folder, null);
        _folder.Finish();
        return new TuningOutcome(true, _folder, new TuningResult(_space.Names, trials, best, outcome.Report!));
    }

    private void Report(string stage, TrainingProgress? training, int spent, int epochs)
    {
        double at = training is { } position ? Math.Clamp(position.Epoch + (position.Steps == 0 ? 0 : (double)position.Step / position.Steps) - spent, 0, epochs - spent) : 0;
        _progress?.Invoke(new TuningProgress(Math.Min(1, (_done + at) / _total), stage, training));
    }

    private string CheckpointOf(int trial) => Path.Combine(_folder.Checkpoints, $"{RunFingerprint.Digest(TuningJson.KeyOf(_space.Names, _trials[trial], 0))[..16]}.safetensors");

    private static double Order(TuningTrial trial) => double.IsNaN(trial.Score) ? double.NegativeInfinity : trial.Score;

    // The settings of a run and no more, as if they had been typed.
    private static RunSettings RunSettingsOf(TuningSettings settings)
    {
        var run = new RunSettings { Data = settings.Data };
        foreach (SettingOption<RunSettings> option in RunOptions.All)
        {
            IReadOnlyList<string> values = option.Get(settings);
            if (option.IsList || values.Count > 0) run = option.SetExactly(run, values);
        }

        return run;
    }
}
