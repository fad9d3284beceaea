using System.CommandLine;
using Polymath.Data.Runs;
using Polymath.Tabular.Comparing;

namespace Polymath.Cli;

/// <summary><c>polymath compare</c>.</summary>
internal sealed class CompareCommand : Subcommand
{
    private const string Group = "Run", DefaultFolder = "compare";
    private readonly Argument<string> _data = new("DATA") { Arity = ArgumentArity.ZeroOrOne, Description = "Training table (CSV/TSV, .gz too; sqlite:file.db#table; postgres://...#table), or a compare.yaml as --print-config writes it." };
    private readonly GroupedOption<string> _out = new("--out", Group, DefaultFolder, "-o") { HelpName = "folder", Description = "Folder for the results: new or empty, or that of a comparison to go on with, to which models, balancers and seeds may be added." };
    private readonly GroupedOption<bool> _overwrite = new("--overwrite", Group) { Description = "Replace an earlier comparison in that folder." };
    private readonly GroupedOption<string> _resume = new("--resume", Group) { HelpName = "folder", Description = "Go on with a comparison that was interrupted, to the identical result." };
    private readonly GroupedOption<bool> _print = new("--print-config", Group) { Description = "Print the settings as YAML and stop." };
    private readonly Lazy<RunFlags<ComparisonSettings>> _flags = new(() => new(ComparisonOptions.Table));

    /// <inheritdoc/>
    public override string Name => ComparisonOptions.Kind;

    /// <inheritdoc/>
    public override string Description => "Train several models with several balancers and seeds on one table, and say which differences are more than luck.";

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
        var folder = new ComparisonFolder(FolderName.Of(resumed ?? parsed.GetValue(_out) ?? DefaultFolder));
        if (resumed is not null) RefuseOthers(parsed, folder);
        ComparisonSettings settings = resumed is null ? Settings(parsed) : folder.ReadSettings();
        if (parsed.GetValue(_print))
        {
            terminal.Output.Write(SettingFile.Write(ComparisonOptions.Table, settings, ComparisonOptions.Kind));
            return ExitCode.Success;
        }

        string command = CommandText.Of(resumed is null ? parsed.Tokens.Select(token => token.Value) : [ComparisonOptions.Kind, folder.Configuration, "--out", folder.Path]);
        return new CompareSession(terminal, folder, GlobalFlags.Json(parsed), GlobalFlags.Quiet(parsed)).Compare(settings, parsed.GetValue(_overwrite), command);
    }

    private ComparisonSettings Settings(ParseResult parsed)
    {
        string data = parsed.GetValue(_data) ?? string.Empty;
        ComparisonSettings start = SettingText.IsFile(data) ? SettingFile.Read(ComparisonOptions.Table, SettingText.Read(data), data, kind: ComparisonOptions.Kind) : new ComparisonSettings { Data = data };
        return _flags.Value.Apply(start, parsed);
    }

    private void RefuseOthers(ParseResult parsed, ComparisonFolder folder)
    {
        IReadOnlyList<string> given = _flags.Value.Given(parsed);
        string? extra = given.Count > 0 ? given[0] : parsed.GetValue(_data) ?? (parsed.GetValue(_overwrite) ? "--overwrite" : parsed.GetValue(_out) is not null ? "--out" : null);
        if (extra is not null) throw new UsageException($"--resume goes on with the settings in {folder.Configuration}, found '{extra}' beside it; leave that out.");
    }
}
