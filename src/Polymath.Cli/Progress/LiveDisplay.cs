using System.Globalization;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Polymath.Cli;

/// <summary>A few lines in place: the fit, its epoch, speed and time left, and each task's validation metric.</summary>
internal sealed class LiveDisplay(IAnsiConsole console) : IRunDisplay
{
    private const int MostTasks = 12, Bar = 20;
    private readonly RunClock _clock = new();
    private readonly Lock _gate = new();
    private IReadOnlyList<TaskScore> _scores = [], _best = [];
    private double _bestScore = double.NegativeInfinity;
    private int _stage = -1, _bestEpoch;
    private volatile bool _stopping;

    /// <inheritdoc/>
    public T Show<T>(Func<Action<RunProgress>, T> work)
    {
        return console.Live(new Text("Reading ...")).AutoClear(true).Overflow(VerticalOverflow.Ellipsis).Start(context => work(progress =>
        {
            lock (_gate)
            {
                context.UpdateTarget(Render(progress));
                context.Refresh();
            }
        }));
    }

    /// <inheritdoc/>
    public void Stopping() => _stopping = true;

    /// <inheritdoc/>
    public void Abandon()
    {
        console.Cursor.Show(true);
        console.WriteLine();
    }

    private Rows Render(RunProgress progress)
    {
        if (progress.StageNumber != _stage) (_stage, _scores, _best, _bestScore) = (progress.StageNumber, [], [], double.NegativeInfinity);
        TimeSpan? left = _clock.Left(progress);
        TrainingProgress training = progress.Training;
        if (training.Finished is { Validation.Count: > 0 } epoch)
        {
            _scores = epoch.Validation;
            if (epoch.Score > _bestScore) (_best, _bestScore, _bestEpoch) = (epoch.Validation, epoch.Score, epoch.Epoch);
        }

        int filled = (int)Math.Round(Bar * RunClock.FractionOfFit(progress));
        string head = string.Create(CultureInfo.InvariantCulture, $"fit {progress.StageNumber + 1}/{progress.Stages}  {progress.Stage}");
        string line = string.Create(CultureInfo.InvariantCulture, $"epoch {training.Epoch + 1}/{training.Epochs}  {RunClock.Rate(training.RowsPerSecond)} rows/s{(left is { } time ? $"  at most {RunClock.Format(time)} left" : string.Empty)}");
        var parts = new List<IRenderable>
        {
            Markup.FromInterpolated($"[bold]{head}[/]"),
            Markup.FromInterpolated($"[green]{new string('━', filled)}[/][grey]{new string('─', Bar - filled)}[/] {line}"),
        };
        if (_scores.Count > 0) parts.Add(Tasks());
        if (_stopping) parts.Add(new Markup("[yellow]Stopping after this step; Ctrl-C again stops at once.[/]"));
        return new Rows(parts);
    }

    private Table Tasks()
    {
        var table = new Table().Border(TableBorder.None).AddColumn("  task").AddColumn("metric").AddColumn(new TableColumn("now").RightAligned()).AddColumn(new TableColumn($"best (epoch {_bestEpoch + 1})").RightAligned());
        for (int task = 0; task < Math.Min(MostTasks, _scores.Count); task++)
        {
            TaskScore score = _scores[task];
            table.AddRow(new Text($"  {score.Task}") { Overflow = Overflow.Ellipsis }, new Text(score.Primary), new Text(Number(score.Value)), new Text(Number(_best.Count > task ? _best[task].Value : double.NaN)));
        }

        if (_scores.Count > MostTasks) table.AddRow($"  and {_scores.Count - MostTasks} more");
        return table;
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);
}
