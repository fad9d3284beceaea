using Polymath.Boosting.Runs;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Training;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>A finished run of any kind: what predicting and scoring need of it.</summary>
/// <param name="Settings">How its data was read.</param>
/// <param name="Encoder">How raw tables become inputs.</param>
/// <param name="Predict">Predictions of a table, chunk by chunk, as <see cref="TrainedRun.Predict"/> and <see cref="BoostedRun.Predict"/> give them.</param>
/// <param name="Evaluate">Scores on a table that holds the labels.</param>
internal sealed record FinishedRun(
    DataSettings Settings,
    TableEncoder Encoder,
    Func<string, ReadOptions, CancellationToken, IEnumerable<(int Rows, int[]? TaskOfRow, float[][] Predictions)>> Predict,
    Func<string, ReadOptions, IReadOnlyList<TaskScore>> Evaluate)
{
    private const string UnknownTaskName = "--unknown-task", Error = "error", Fallback = "fallback";

    /// <summary>The flag that overrides what a row of an unknown task does.</summary>
    public static GroupedOption<string?> UnknownTaskFlag(string group) => new(UnknownTaskName, group)
    {
        HelpName = $"{Error}|{Fallback}",
        Description = "What a row of a task that was not in training does: it is an error, or the shared trees alone predict it; as the run says unless given.",
    };

    /// <summary>Loads a run folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="unknown">The value of the flag; null when it was not given.</param>
    public static FinishedRun Load(string folder, string? unknown)
    {
        string path = Path.TrimEndingDirectorySeparator(folder);
        if (unknown is not (null or Error or Fallback)) throw new UsageException($"{UnknownTaskName}: found '{unknown}', expected {Error} or {Fallback}.");
        if (BoostFolder.Is(path))
        {
            BoostedRun boosted = BoostedRun.Load(path, unknown switch { null => null, Fallback => UnknownTask.Unassigned, _ => UnknownTask.Error });
            return new FinishedRun(boosted.Settings, boosted.Encoder, boosted.Predict, (data, options) => boosted.Evaluate(data, options));
        }

        if (unknown == Fallback) throw new UsageException($"{UnknownTaskName}: found {Fallback} for a run of polymath train, whose model knows no other task; it is for runs of polymath boost.");
        TrainedRun trained = TrainedRun.Load(path);
        return new FinishedRun(trained.Settings, trained.Encoder, trained.Predict, (data, options) => trained.Evaluate(data, options));
    }
}
