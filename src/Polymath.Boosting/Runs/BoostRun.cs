using System.Diagnostics;
using System.Globalization;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;
using Polymath.Tensors;

namespace Polymath.Boosting.Runs;

/// <summary>
/// A whole run of boosted trees: data in, the grid searched if there is one, the multi-task booster fitted, every task boosted alone with as
/// many iterations for comparison, scores, and the run folder. Finished fits of a search are kept, so one that was killed repeats none.
/// </summary>
/// <example><code>
/// var settings = new BoostSettings { Data = "school.csv", TaskColumn = "school", Targets = ["score:regression"] };
/// BoostOutcome outcome = BoostRun.Execute(settings, new BoostFolder("run"), TrainingRunMode.New);
/// Console.WriteLine(outcome.Report!.Boosting!.OutlierSentence);
/// </code></example>
public sealed class BoostRun
{
    private readonly BoostSettings _settings;
    private readonly BoostFolder _folder;
    private readonly BoostData _data;
    private readonly BoostingOptions _options;
    private readonly BoostingData? _validation;
    private readonly string _command;
    private readonly Action<BoostProgress>? _progress;
    private readonly GridSearch? _search;
    private readonly int _searchFits;
    private readonly bool _compares;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private BoostRun(BoostSettings settings, BoostFolder folder, BoostData data, IReadOnlyList<GridPoint> grid, BoostingOptions options, string command, Action<BoostProgress>? progress)
    {
        (_settings, _folder, _data, _command, _progress) = (settings, folder, data, command, progress);
        (_options, _validation) = (options, data.ValidationData());
        if (_validation is null)
        {
            if (settings.Patience > 0) throw new RunException($"patience: found {settings.Patience}, but there are no validation rows to say when to stop; leave it out, or hold rows out by --validation and without --search.");
            _options = options with { Patience = 0 };
        }

        if (settings.Search.Count > 0)
        {
            _search = new GridSearch(grid, settings.Folds, (ulong)settings.Seed, settings.SearchMetric);
            _search.Check(data.Train);
            _searchFits = grid.Count * settings.Folds;
        }
        else new MultiTaskBooster(_options).Check(data.Train);

        _compares = settings.Baseline == BoostPreset.SingleTask && data.Tasks.Count > 1 && BoostPreset.Settle(settings) != BoostPreset.SingleTask;
    }

    private int Fits => _searchFits + (_compares ? 2 : 1);

    /// <summary>Boosts, or goes on with a search.</summary>
    /// <param name="settings">What to do; with <see cref="TrainingRunMode.Resume"/>, the settings in the folder.</param>
    /// <param name="folder">Where results go.</param>
    /// <param name="mode">What to do with an earlier run in the folder. Resuming a finished run returns its report.</param>
    /// <param name="command">The command line, for the report; passwords in it are left out.</param>
    /// <param name="progress">Told about fits and iterations.</param>
    /// <param name="data">The data, when it is already in memory.</param>
    /// <param name="cancellation">Stops after the iteration and returns an outcome that is not completed.</param>
    /// <exception cref="RunException">Settings or folder cannot be used; nothing has been written then.</exception>
    /// <exception cref="BoostingException">Data and settings do not fit each other; nothing has been written then.</exception>
    /// <exception cref="TableException">The data cannot be read or does not fit the settings; nothing has been written then.</exception>
    public static BoostOutcome Execute(BoostSettings settings, BoostFolder folder, TrainingRunMode mode, string command = "", Action<BoostProgress>? progress = null, BoostData? data = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(folder);
        if (mode == TrainingRunMode.Resume && folder.IsFinished) return new BoostOutcome(true, folder, folder.ReadReport());

        // Everything that can be wrong with the input is found before the folder is touched.
        BoostOptions.Table.Validate(settings);
        BoostingOptions options = BoostOptions.Of(settings);
        IReadOnlyList<GridPoint> grid = SearchGrid.Points(settings);
        data ??= BoostData.Load(settings, cancellation);
        var run = new BoostRun(settings, folder, data, grid, options, command, progress);
        if (mode != TrainingRunMode.Resume)
        {
            folder.Prepare(mode == TrainingRunMode.Overwrite);
            AtomicFile.WriteText(folder.Configuration, writer => writer.Write(SettingFile.Write(BoostOptions.Table, settings, BoostOptions.Kind)));
        }
        else Directory.CreateDirectory(folder.Checkpoints);

        try
        {
            return new BoostOutcome(true, folder, run.Fit(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new BoostOutcome(false, folder, null);
        }
    }

    private RunReport Fit(CancellationToken cancellation)
    {
        BoostingOptions options = _options;
        SearchResult? search = _search?.Run(_data.Train, _folder.Search, Searching, cancellation);
        if (search is not null) options = search.Best.Point.Options with { Patience = 0 };
        BoostedModel model = Fit(options, "multi-task", _searchFits);
        var scores = BoostScores.Of(model, _data);
        BoostScores? singles = _compares ? BoostScores.Of(Fit(Alone(options), "single-task", _searchFits + 1), _data) : null;
        RunReport report = BoostReporting.Build(_settings, _data, model, scores, singles, search, _clock.Elapsed.TotalSeconds, _command);
        _data.Encoder.Save(_folder.Encoder);
        model.Save(_folder.Model);
        BoostMetrics.Write(_folder.Metrics, model, scores, singles);
        AtomicFile.WriteText(_folder.ReportData, writer => writer.Write(report.ToJson()));
        AtomicFile.WriteText(_folder.Report, writer => HtmlReport.Write(report, writer));
        _folder.Finish();
        return report;

        BoostedModel Fit(BoostingOptions of, string stage, int done)
        {
            _progress?.Invoke(new BoostProgress(stage, done, Fits, null));
            return new MultiTaskBooster(of).Fit(_data.Train, _validation, fit => _progress?.Invoke(new BoostProgress(stage, done, Fits, fit)), cancellation);
        }
    }

    /// <summary>The same trees with the same number of iterations, every task alone.</summary>
    private static BoostingOptions Alone(BoostingOptions options) => options with
    {
        SharedIterations = 0,
        RobustIterations = 0,
        TaskIterations = options.SharedIterations + options.RobustIterations + options.TaskIterations,
        TaskAsFeature = false,
    };

    private void Searching(SearchProgress at)
        => _progress?.Invoke(new BoostProgress(string.Create(CultureInfo.InvariantCulture, $"search {at.Done + 1}/{at.Total}: {at.Point.Name}, fold {at.Fold + 1}"), at.Done, Fits, at.Fit));
}
