using System.Diagnostics;
using System.Globalization;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>How far a run is, and how long it will take at most (it may stop early).</summary>
internal sealed class RunClock
{
    private const double LeastFraction = 0.002;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private double _first = double.NaN;
    private TimeSpan _firstAt;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Takes in a report.</summary>
    /// <returns>The longest time left; null while unknown.</returns>
    public TimeSpan? Left(RunProgress progress) => Left(FractionOf(progress));

    /// <summary>Takes in the fraction done.</summary>
    /// <returns>The time left at the same pace; null while unknown.</returns>
    public TimeSpan? Left(double done)
    {
        if (double.IsNaN(_first)) (_first, _firstAt) = (done, _clock.Elapsed);
        double gained = done - _first;
        if (gained < LeastFraction) return null;
        return (_clock.Elapsed - _firstAt) * ((1 - done) / gained);
    }

    /// <summary>Fraction of the current fit that is done.</summary>
    public static double FractionOfFit(RunProgress progress)
        => Math.Min(1, (progress.Training.Epoch + (progress.Training.Steps == 0 ? 0 : (double)progress.Training.Step / progress.Training.Steps)) / Math.Max(1, progress.Training.Epochs));

    /// <summary>"0:07", "1:02:03".</summary>
    public static string Format(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}")
        : string.Create(CultureInfo.InvariantCulture, $"{time:m\\:ss}");

    /// <summary>"850", "12.4k", "1.20M".</summary>
    public static string Rate(double rowsPerSecond) => rowsPerSecond switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{rowsPerSecond / 1e6:0.00}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{rowsPerSecond / 1e3:0.0}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{rowsPerSecond:0}"),
    };

    // Fits count alike: they have the same rows and epochs.
    private static double FractionOf(RunProgress progress) => (progress.StageNumber + FractionOfFit(progress)) / Math.Max(1, progress.Stages);
}
