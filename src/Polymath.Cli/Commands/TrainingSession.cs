using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>One run from start to result: shows it, stops it cleanly on Ctrl-C, and takes a failed start back.</summary>
internal sealed class TrainingSession(Terminal terminal, RunFolder folder, bool json, bool quiet)
{
    /// <summary>Where the run goes.</summary>
    public RunFolder Folder => folder;

    /// <summary>Starts a run.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="mode">What to do with an earlier run.</param>
    /// <param name="command">The command line, for the report.</param>
    /// <param name="prepare">Data already in memory, given a chance to write files once the settings are known to be good.</param>
    public int Train(RunSettings settings, TrainingRunMode mode, string command, Func<RunData>? prepare = null)
    {
        var guard = new FolderGuard(folder);
        try
        {
            RunData? data = prepare?.Invoke();
            return Execute(settings, data is null ? mode : TrainingRunMode.Resume, command, data, guard);
        }
        catch (Exception exception) when (mode == TrainingRunMode.New)
        {
            guard.Undo();
            if (guard.HasCheckpoint && exception is IOException) throw new RunException($"{exception.Message.TrimEnd('.')}; what was trained is kept, continue with polymath train --resume {folder.Path}", exception);
            throw;
        }
    }

    /// <summary>Goes on with a run.</summary>
    public int Resume(RunSettings settings)
    {
        if (folder.IsFinished)
        {
            Say($"{folder.Path} is already finished.");
            return Finish(ReadReport());
        }

        Say($"Continuing {folder.Path}: {settings.Model}, {settings.Balancer}, {settings.Targets.Count} target{(settings.Targets.Count == 1 ? string.Empty : "s")} of {Path.GetFileName(settings.Data.Split('#')[0])}.");
        return Execute(settings, TrainingRunMode.Resume, CommandText.Of(["train", folder.Configuration, "--out", folder.Path]), null, new FolderGuard(folder));
    }

    private int Execute(RunSettings settings, TrainingRunMode mode, string command, RunData? data, FolderGuard guard)
    {
        IRunDisplay display = RunDisplay.For(terminal, quiet);
        using var interrupt = new Interrupt(display.Stopping, display.Abandon);
        bool resumed = guard.HasCheckpoint;
        RunOutcome outcome;
        try
        {
            outcome = display.Show(progress => TrainingRun.Execute(settings, folder, mode, command, progress: First(progress, resumed), cancellation: interrupt.Token, data: data));
        }
        catch (OperationCanceledException)
        {
            if (mode == TrainingRunMode.New) guard.Undo();
            Say("Stopped before training began; nothing was written.");
            return interrupt.ExitCode;
        }

        if (outcome.Completed) return Finish(outcome.Report!);
        Say($"Stopped. Continue with: polymath train --resume {folder.Path}");
        if (json) JsonText.WriteStopped(terminal.Output, folder.Path);
        return interrupt.ExitCode;
    }

    // A resumed run says once where it goes on.
    private Action<RunProgress> First(Action<RunProgress> progress, bool resumed)
    {
        bool told = !resumed || terminal.IsErrorLive;
        return report =>
        {
            if (!told) Say(string.Create(CultureInfo.InvariantCulture, $"Going on with {report.Stage}, epoch {report.Training.Epoch + 1} of {report.Training.Epochs}."));
            told = true;
            progress(report);
        };
    }

    private RunReport ReadReport()
    {
        try
        {
            return RunReport.FromJson(File.ReadAllText(folder.ReportData));
        }
        catch (FormatException exception)
        {
            throw new RunException($"{folder.ReportData}: damaged ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    private int Finish(RunReport report)
    {
        if (json)
        {
            terminal.Output.Write(report.ToJson());
            return ExitCode.Success;
        }

        RunResult.Write(report, folder, terminal);
        return ExitCode.Success;
    }

    private void Say(string text)
    {
        if (!quiet) terminal.Error.WriteLine(text);
    }
}
