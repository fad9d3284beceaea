using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary>Work in a folder from start to result: shows it, stops it cleanly on Ctrl-C, and takes a failed start back.</summary>
/// <param name="Terminal">Where results and messages go.</param>
/// <param name="Json">Whether results are JSON.</param>
/// <param name="Quiet">Whether there is neither progress nor messages.</param>
internal sealed record Session(Terminal Terminal, bool Json, bool Quiet)
{
    /// <summary>Does the work.</summary>
    /// <param name="folder">Where its files go.</param>
    /// <param name="command">The command that goes on with it: "compare".</param>
    /// <param name="mode">What becomes of earlier work in the folder.</param>
    /// <param name="work">Does it and reports the fraction done; null when it was cancelled.</param>
    /// <param name="finish">Shows the result.</param>
    /// <returns>The exit code.</returns>
    public int Run<T>(RunFiles folder, string command, TrainingRunMode mode, Func<Action<double, string>, CancellationToken, T?> work, Action<T> finish)
        where T : class
    {
        var guard = new FolderGuard(folder);
        FractionDisplay display = FractionDisplay.For(Terminal, Quiet);
        using var interrupt = new Interrupt(display.Stopping, display.Abandon);
        try
        {
            if (display.Show(progress => work(progress, interrupt.Token)) is { } result)
            {
                finish(result);
                return ExitCode.Success;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped while the data was read.
        }
        catch (Exception exception)
        {
            if (mode != TrainingRunMode.Overwrite) guard.Undo();
            if (guard.HasCheckpoint && exception is IOException) throw new RunException($"{exception.Message.TrimEnd('.')}; what was trained is kept, continue with polymath {command} --resume {folder.Path}", exception);
            throw;
        }

        if (mode != TrainingRunMode.Overwrite) guard.Undo();
        Say(guard.HasCheckpoint ? $"Stopped. Continue with: polymath {command} --resume {folder.Path}" : "Stopped; nothing was written.");
        if (Json) JsonText.WriteStopped(Terminal.Output, folder.Path);
        return interrupt.ExitCode;
    }

    /// <summary>Says something to a person.</summary>
    public void Say(string text)
    {
        if (!Quiet) Terminal.Error.WriteLine(text);
    }
}
