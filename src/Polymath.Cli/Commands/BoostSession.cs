using Polymath.Boosting.Runs;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;

namespace Polymath.Cli;

/// <summary>One run of boosted trees from start to result: shows it, stops it cleanly on Ctrl-C, and takes a failed start back.</summary>
internal sealed class BoostSession(Terminal terminal, BoostFolder folder, bool json, bool quiet)
{
    /// <summary>Starts a run.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="mode">What to do with an earlier run.</param>
    /// <param name="command">The command line, for the report.</param>
    public int Boost(BoostSettings settings, TrainingRunMode mode, string command)
    {
        var guard = new FolderGuard(folder);
        try
        {
            return Execute(settings, mode, command, guard);
        }
        catch (Exception exception) when (mode == TrainingRunMode.New)
        {
            guard.Undo();
            if (guard.HasCheckpoint && exception is IOException) throw new RunException($"{exception.Message.TrimEnd('.')}; what was searched is kept, continue with polymath boost --resume {folder.Path}", exception);
            throw;
        }
    }

    /// <summary>Goes on with a run.</summary>
    public int Resume(BoostSettings settings)
    {
        if (folder.IsFinished)
        {
            Say($"{folder.Path} is already finished.");
            return Finish(folder.ReadReport());
        }

        Say($"Continuing {folder.Path}.");
        return Execute(settings, TrainingRunMode.Resume, CommandText.Of(["boost", folder.Configuration, "--out", folder.Path]), new FolderGuard(folder));
    }

    private int Execute(BoostSettings settings, TrainingRunMode mode, string command, FolderGuard guard)
    {
        FractionDisplay display = FractionDisplay.For(terminal, quiet);
        using var interrupt = new Interrupt(display.Stopping, display.Abandon);
        try
        {
            BoostOutcome outcome = display.Show(progress => BoostRun.Execute(settings, folder, mode, command, at => progress(at.Fraction, Text(at)), cancellation: interrupt.Token));
            if (outcome.Completed) return Finish(outcome.Report!);
        }
        catch (OperationCanceledException)
        {
            // Stopped while the data was read.
        }

        if (mode == TrainingRunMode.New) guard.Undo();
        bool kept = Directory.Exists(folder.Checkpoints);
        Say(kept ? $"Stopped. Continue with: polymath boost --resume {folder.Path}" : "Stopped; nothing was written.");
        if (json) JsonText.WriteStopped(terminal.Output, folder.Path);
        return interrupt.ExitCode;
    }

    private static string Text(BoostProgress at)
        => at.Fit is { } fit ? $"{at.Stage}, {fit.Block.ToString().ToLowerInvariant()} trees {TextTable.Count(fit.Done)}/{TextTable.Count(fit.Total)}{(double.IsNaN(fit.TrainingLoss) ? string.Empty : $", loss {TextTable.Metric(fit.TrainingLoss)}")}" : at.Stage;

    private int Finish(RunReport report)
    {
        if (json)
        {
            terminal.Output.Write(report.ToJson());
            return ExitCode.Success;
        }

        foreach (string note in report.Notes) Say($"note: {note}");
        BoostResult.Write(report, folder, terminal);
        return ExitCode.Success;
    }

    private void Say(string text)
    {
        if (!quiet) terminal.Error.WriteLine(text);
    }
}
