using System.Globalization;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>One line per epoch, for logs and pipes.</summary>
internal sealed class LineDisplay(TextWriter error) : IRunDisplay
{
    private const int MostTasks = 4;
    private readonly RunClock _clock = new();

    /// <inheritdoc/>
    public T Show<T>(Func<Action<RunProgress>, T> work) => work(Report);

    /// <inheritdoc/>
    public void Stopping() => error.WriteLine("stopping after this step; once more to stop at once");

    /// <inheritdoc/>
    public void Abandon()
    {
    }

    private void Report(RunProgress progress)
    {
        TimeSpan? left = _clock.Left(progress);
        if (progress.Training.Finished is not { } epoch) return;
        string position = string.Create(CultureInfo.InvariantCulture, $"[{progress.StageNumber + 1}/{progress.Stages}] {progress.Stage}, epoch {epoch.Epoch + 1}/{progress.Training.Epochs}");
        string eta = left is { } time ? $", {RunClock.Format(time)} left" : string.Empty;
        error.WriteLine($"{position}: {Scores(epoch)}, {RunClock.Rate(progress.Training.RowsPerSecond)} rows/s{eta}");
    }

    private static string Scores(EpochRecord epoch)
    {
        if (epoch.Validation.Count == 0) return $"loss {Number(epoch.TrainLoss.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average())}";
        if (epoch.Validation.Count > MostTasks) return string.Create(CultureInfo.InvariantCulture, $"mean score of {epoch.Validation.Count} tasks {Number(epoch.Score)}");
        return string.Join(", ", epoch.Validation.Select(score => $"{score.Task} {score.Primary} {Number(score.Value)}"));
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
