using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Tabular.Comparing;

namespace Polymath.Cli;

/// <summary>One comparison from start to result: shows it, stops it cleanly on Ctrl-C, and takes a failed start back.</summary>
internal sealed class CompareSession(Terminal terminal, ComparisonFolder folder, bool json, bool quiet)
{
    /// <summary>Compares, or goes on comparing.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="overwrite">Whether an earlier comparison in the folder is replaced.</param>
    /// <param name="command">The command line, for the report.</param>
    public int Compare(ComparisonSettings settings, bool overwrite, string command)
    {
        var guard = new FolderGuard(folder);
        FractionDisplay display = FractionDisplay.For(terminal, quiet);
        using var interrupt = new Interrupt(display.Stopping, display.Abandon);
        try
        {
            ComparisonOutcome outcome = display.Show(progress => Comparison.Execute(settings, folder, overwrite, command, at => progress(at.Fraction, Text(at)), cancellation: interrupt.Token));
            if (outcome.Completed) return Finish(outcome.Result!);
        }
        catch (OperationCanceledException)
        {
            // Stopped while the data was read.
        }
        catch (Exception exception)
        {
            if (!overwrite) guard.Undo();
            if (guard.HasCheckpoint && exception is IOException) throw new RunException($"{exception.Message.TrimEnd('.')}; what was trained is kept, continue with polymath compare --resume {folder.Path}", exception);
            throw;
        }

        if (!overwrite) guard.Undo();
        Say(guard.HasCheckpoint ? $"Stopped. Continue with: polymath compare --resume {folder.Path}" : "Stopped; nothing was written.");
        if (json) JsonText.WriteStopped(terminal.Output, folder.Path);
        return interrupt.ExitCode;
    }

    private static string Text(ComparisonProgress at)
    {
        string which = string.Create(CultureInfo.InvariantCulture, $"[{at.Done + 1}/{at.Total}] {at.Cell.Label}, seed {at.Repeat + 1} of {at.Repeats}");
        return at.Training is { } fit ? string.Create(CultureInfo.InvariantCulture, $"{which}, epoch {fit.Epoch + 1}/{fit.Epochs}, {RunClock.Rate(fit.RowsPerSecond)} rows/s") : which;
    }

    private int Finish(ComparisonResult result)
    {
        if (json)
        {
            ComparisonJson.Write(result, folder, terminal.Output);
            return ExitCode.Success;
        }

        foreach (string note in result.Notes) Say($"note: {note}");
        ComparisonText.Write(result, folder, terminal);
        return ExitCode.Success;
    }

    private void Say(string text)
    {
        if (!quiet) terminal.Error.WriteLine(text);
    }
}
