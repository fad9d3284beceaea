using System.CommandLine;
using Polymath.Boosting.Runs;
using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary><c>polymath boost</c>.</summary>
internal sealed class BoostCommand : Subcommand
{
    private const string Group = "Run", DefaultFolder = "run";
    private readonly Argument<string> _data = new("DATA") { Arity = ArgumentArity.ZeroOrOne, Description = "Training table (CSV/TSV, .gz too; sqlite:file.db#table; postgres://...#table), or a boost.yaml as --print-config writes it." };
    private readonly GroupedOption<string> _out = new("--out", Group, DefaultFolder, "-o") { HelpName = "folder", Description = "Folder for the results, new or empty." };
    private readonly GroupedOption<bool> _overwrite = new("--overwrite", Group) { Description = "Replace an earlier run in that folder." };
    private readonly GroupedOption<string> _resume = new("--resume", Group) { HelpName = "folder", Description = "Go on with a search that was interrupted, to the identical result." };
    private readonly GroupedOption<bool> _print = new("--print-config", Group) { Description = "Print the settings as YAML and stop." };
    private readonly Lazy<RunFlags<BoostSettings>> _flags = new(() => new(BoostOptions.Table));

    /// <inheritdoc/>
    public override string Name => BoostOptions.Kind;

    /// <inheritdoc/>
    public override string Description => "Boost trees across the tasks of a table, name the tasks that do not belong, and compare with boosting every task alone.";

    /// <inheritdoc/>
    protected override void AddFlags(Command command)
    {
        command.Add(_data);
        command.Add(_out);
        command.Add(_overwrite);
        command.Add(_resume);
        command.Add(_print);
        _flags.Value.AddTo(command);
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Terminal terminal)
    {
        string? resumed = parsed.GetValue(_resume);
        var folder = new BoostFolder(FolderName.Of(resumed ?? parsed.GetValue(_out) ?? DefaultFolder));
        if (resumed is not null) RefuseOthers(parsed, folder);
        BoostSettings settings = resumed is null ? Settings(parsed) : folder.ReadSettings();
        if (parsed.GetValue(_print))
        {
            terminal.Output.Write(SettingFile.Write(BoostOptions.Table, settings, BoostOptions.Kind));
            return ExitCode.Success;
        }

        var session = new BoostSession(terminal, folder, GlobalFlags.Json(parsed), GlobalFlags.Quiet(parsed));
        if (resumed is not null) return session.Resume(settings);
        return session.Boost(settings, parsed.GetValue(_overwrite) ? TrainingRunMode.Overwrite : TrainingRunMode.New, CommandText.Of(parsed.Tokens.Select(token => token.Value)));
    }

    private BoostSettings Settings(ParseResult parsed)
    {
        string data = parsed.GetValue(_data) ?? string.Empty;
        BoostSettings start = SettingText.IsFile(data) ? SettingFile.Read(BoostOptions.Table, SettingText.Read(data), data, kind: BoostOptions.Kind) : new BoostSettings { Data = data };
        return _flags.Value.Apply(start, parsed);
    }

    private void RefuseOthers(ParseResult parsed, BoostFolder folder)
    {
        IReadOnlyList<string> given = _flags.Value.Given(parsed);
        string? extra = given.Count > 0 ? given[0] : parsed.GetValue(_data) ?? (parsed.GetValue(_overwrite) ? "--overwrite" : parsed.GetValue(_out) is not null ? "--out" : null);
        if (extra is not null) throw new UsageException($"--resume goes on with the settings in {folder.Configuration}, found '{extra}' beside it; leave that out.");
    }
}
