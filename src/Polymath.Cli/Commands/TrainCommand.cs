using System.CommandLine;
using Polymath.Data.Runs;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary><c>polymath train</c>.</summary>
internal sealed class TrainCommand : Subcommand
{
    private const string Group = "Run", DefaultFolder = "run";
    private readonly Argument<string> _data = new("DATA") { Arity = ArgumentArity.ZeroOrOne, Description = "Training table (CSV/TSV, .gz too; .arff; sqlite:file.db#table; postgres://...#table), or a run.yaml as --print-config writes it." };
    private readonly GroupedOption<bool> _demo = new("--demo", Group) { Description = "Train on generated data: needs no file." };
    private readonly GroupedOption<string> _out = new("--out", Group, DefaultFolder, "-o") { HelpName = "folder", Description = "Folder for the results, new or empty." };
    private readonly GroupedOption<bool> _overwrite = new("--overwrite", Group) { Description = "Replace an earlier run in that folder." };
    private readonly GroupedOption<string> _resume = new("--resume", Group) { HelpName = "folder", Description = "Go on with a run that was interrupted, to the identical result." };
    private readonly GroupedOption<bool> _print = new("--print-config", Group) { Description = "Print the settings as YAML and stop." };
    private readonly Lazy<RunFlags<RunSettings>> _flags = new(() => new(RunOptions.Table));

    /// <inheritdoc/>
    public override string Name => "train";

    /// <inheritdoc/>
    public override string Description => "Train one model for all targets of a table, and compare it with one model per target.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_data);
        command.Add(_demo);
        command.Add(_out);
        command.Add(_overwrite);
        command.Add(_resume);
        command.Add(_print);
        _flags.Value.AddTo(command);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        if (parsed.GetValue(_resume) is { } resumed) return Resume(parsed, terminal, resumed);
        RunSettings settings = Settings(parsed);
        if (parsed.GetValue(_print))
        {
            terminal.Output.Write(RunConfiguration.Write(settings));
            return ExitCode.Success;
        }

        var folder = new RunFolder(FolderName.Of(parsed.GetValue(_out) ?? DefaultFolder));
        TrainingRunMode mode = parsed.GetValue(_overwrite) ? TrainingRunMode.Overwrite : TrainingRunMode.New;
        string command = CommandText.Of(parsed.Tokens.Select(token => token.Value));
        var session = new TrainingSession(terminal, folder, GlobalFlags.Json(parsed), GlobalFlags.Quiet(parsed));
        return parsed.GetValue(_demo) ? Demo.Train(session, settings, mode, command) : session.Train(settings, mode, command);
    }

    private RunSettings Settings(ParseResult parsed)
    {
        string data = parsed.GetValue(_data) ?? string.Empty;
        bool demo = parsed.GetValue(_demo);
        if (demo && data.Length > 0) throw new UsageException($"found both --demo and '{data}', expected one of them.");
        if (demo)
        {
            string folder = FolderName.Of(parsed.GetValue(_out) ?? DefaultFolder);
            RunSettings defaults = Demo.Settings(folder), chosen = _flags.Value.Apply(defaults, parsed);
            return chosen.Test == defaults.Test ? chosen : throw new UsageException("--demo brings its own test rows; leave out --test.");
        }

        return _flags.Value.Apply(SettingText.IsFile(data) ? RunConfiguration.Read(SettingText.Read(data), data) : new RunSettings { Data = data }, parsed);
    }

    private int Resume(ParseResult parsed, Terminal terminal, string path)
    {
        string[] given = [.. _flags.Value.Given(parsed)];
        string? extra = given.Length > 0 ? given[0] : parsed.GetValue(_data) ?? (parsed.GetValue(_demo) ? "--demo" : parsed.GetValue(_overwrite) ? "--overwrite" : parsed.GetValue(_out) is not null ? "--out" : null);
        var folder = new RunFolder(FolderName.Of(path));
        if (extra is not null) throw new UsageException($"--resume goes on with the settings in {folder.Configuration}, found '{extra}' beside it; leave that out.");
        RunSettings settings = folder.ReadSettings();
        if (parsed.GetValue(_print))
        {
            terminal.Output.Write(RunConfiguration.Write(settings));
            return ExitCode.Success;
        }

        return new TrainingSession(terminal, folder, GlobalFlags.Json(parsed), GlobalFlags.Quiet(parsed)).Resume(settings);
    }
}
