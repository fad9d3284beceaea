using System.CommandLine;
using System.CommandLine.Help;

namespace Polymath.Cli;

/// <summary>The <c>polymath</c> command, as a method.</summary>
/// <example><code>
/// int code = PolymathApplication.Run(["inspect", "model.safetensors"], Console.Out, Console.Error);
/// </code></example>
public static class PolymathApplication
{
    /// <summary>Runs with the streams of this process.</summary>
    /// <param name="arguments">The command line without the program's name.</param>
    /// <returns>0; 1 for a defect of the tool or a claim that does not hold; 2 for bad input; 130 when interrupted.</returns>
    public static int Run(string[] arguments) => Run(arguments, Terminal.OfProcess());

    /// <summary>Runs with other streams.</summary>
    /// <param name="arguments">The command line without the program's name.</param>
    /// <param name="output">Receives the results.</param>
    /// <param name="error">Receives progress, messages and errors.</param>
    /// <returns>0; 1 for a defect of the tool or a claim that does not hold; 2 for bad input; 130 when interrupted.</returns>
    public static int Run(string[] arguments, TextWriter output, TextWriter error) => Run(arguments, new Terminal(output, error));

    internal static int Run(string[] arguments, Terminal terminal)
    {
        bool debug = Array.IndexOf(arguments, GlobalFlags.DebugName) >= 0;
        try
        {
            int code = Invoke(arguments, terminal);
            terminal.Output.Flush();
            return code;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception, terminal, debug);
        }
    }

    private static int Invoke(string[] arguments, Terminal terminal)
    {
        var root = new RootCommand("Multi-task learning: train one model for many targets, see whether sharing helped, predict with it; merge many models into one.");
        root.Options.Clear();
        GlobalFlags.AddTo(root);
        root.Add(new HelpOption { Action = new HelpPage(terminal), Description = "Show this help.", Recursive = true });
        root.Add(new VersionOption { Action = new VersionPage(terminal), Description = "Show the version." });
        Subcommand[] commands =
        [
            new TrainCommand(), new CompareCommand(), new TuneCommand(), new BoostCommand(), new MergeCommand(), new PredictCommand(), new EvaluateCommand(), new ExportCommand(), new InspectCommand(), new GenerateCommand(), new ModelsCommand(), new BalancersCommand(), new PapersCommand(), new ReproCommand(),
        ];
        string? wanted = Array.Find(arguments, argument => Array.Exists(commands, command => command.Name == argument));
        foreach (Subcommand command in commands) root.Add(command.Build(terminal, withFlags: command.Name == wanted));
        if (arguments.Length == 0)
        {
            new HelpPage(terminal).Write(root);
            return ExitCode.Success;
        }

        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        bool page = parsed.Action is HelpPage or VersionPage;
        if (!page && UsageErrors.Find(parsed) is { } problem) throw new UsageException(problem);
        if (!page) GlobalFlags.ApplyThreads(parsed);
        return parsed.Invoke(new InvocationConfiguration { Output = terminal.Output, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }
}
