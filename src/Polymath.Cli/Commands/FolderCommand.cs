using System.CommandLine;
using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary>A command that works on a table in a folder of its own, with settings that flags, a YAML file or the folder itself supply.</summary>
/// <typeparam name="T">The settings.</typeparam>
internal abstract class FolderCommand<T> : Subcommand
    where T : DataSettings
{
    private const string Group = "Run";
    private readonly Argument<string> _data;
    private readonly GroupedOption<string> _out;
    private readonly GroupedOption<bool> _overwrite;
    private readonly GroupedOption<string> _resume;
    private readonly GroupedOption<bool> _print = new("--print-config", Group) { Description = "Print the settings as YAML and stop." };
    private readonly Lazy<RunFlags<T>> _flags;
    private readonly string _folder;

    /// <summary>A command.</summary>
    /// <param name="table">The settings one by one, and their defaults.</param>
    /// <param name="folder">The folder unless another is named.</param>
    /// <param name="work">What is overwritten and resumed: "a comparison".</param>
    /// <param name="folderHelp">What the folder may be.</param>
    protected FolderCommand(SettingTable<T> table, string folder, string work, string folderHelp)
    {
        (Table, _folder) = (table, folder);
        _flags = new(() => new(table));
        _data = new("DATA") { Arity = ArgumentArity.ZeroOrOne, Description = $"Training table (CSV/TSV, .gz too; .arff; sqlite:file.db#table; postgres://...#table), or a {Name}.yaml as --print-config writes it." };
        _out = new("--out", Group, folder, "-o") { HelpName = "folder", Description = folderHelp };
        _overwrite = new("--overwrite", Group) { Description = $"Replace {work} in that folder." };
        _resume = new("--resume", Group) { HelpName = "folder", Description = $"Go on with {work} that was interrupted, to the identical result." };
    }

    /// <summary>The settings one by one.</summary>
    protected SettingTable<T> Table { get; }

    /// <summary>Whether the settings of a training can be started from.</summary>
    protected virtual bool TakesTrainings => false;

    /// <inheritdoc/>
    protected sealed override void AddFlags(Command command)
    {
        command.Add(_data);
        command.Add(_out);
        command.Add(_overwrite);
        command.Add(_resume);
        command.Add(_print);
        _flags.Value.AddTo(command);
    }

    /// <inheritdoc/>
    protected sealed override int Run(ParseResult parsed, Terminal terminal)
    {
        string? resumed = parsed.GetValue(_resume);
        string folder = FolderName.Of(resumed ?? parsed.GetValue(_out) ?? _folder);
        if (resumed is not null) RefuseOthers(parsed, new RunFiles(folder));
        T settings = resumed is null ? Settings(parsed, folder) : SettingFile.Read(Table, new RunFiles(folder).ReadConfiguration(), new RunFiles(folder).Configuration, kind: Name, written: true);
        if (parsed.GetValue(_print))
        {
            terminal.Output.Write(SettingFile.Write(Table, settings, Name));
            return ExitCode.Success;
        }

        string command = CommandText.Of(resumed is null ? parsed.Tokens.Select(token => token.Value) : [Name, new RunFiles(folder).Configuration, "--out", folder]);
        TrainingRunMode mode = resumed is not null ? TrainingRunMode.Resume : parsed.GetValue(_overwrite) ? TrainingRunMode.Overwrite : TrainingRunMode.New;
        var session = new Session(terminal, GlobalFlags.Json(parsed), GlobalFlags.Quiet(parsed));
        if (resumed is not null) session.Say(new RunFiles(folder).IsFinished ? $"{folder} is already finished." : $"Continuing {folder}.");
        return Run(settings, folder, mode, command, session);
    }

    /// <summary>Does the work, or goes on with it.</summary>
    /// <param name="settings">What to do.</param>
    /// <param name="folder">Where.</param>
    /// <param name="mode">What becomes of earlier work there.</param>
    /// <param name="command">The command line, for the report.</param>
    /// <param name="session">Shows it and stops it.</param>
    /// <returns>The exit code.</returns>
    protected abstract int Run(T settings, string folder, TrainingRunMode mode, string command, Session session);

    /// <summary>What holds where neither a flag nor a file says otherwise.</summary>
    /// <param name="folder">The folder, in which there may be earlier work to add to.</param>
    protected virtual T DefaultsIn(string folder) => Table.Defaults;

    private T Settings(ParseResult parsed, string folder)
    {
        string data = parsed.GetValue(_data) ?? string.Empty;
        T start = SettingText.IsFile(data) ? Start(SettingText.Read(data), data) : (parsed.GetValue(_overwrite) ? Table.Defaults : DefaultsIn(folder)) with { Data = data };
        return _flags.Value.Apply(start, parsed);
    }

    private T Start(string text, string name)
        => SettingFile.Read(Table, text, name, kind: TakesTrainings && SettingFile.KindOf(text) == SettingFile.TrainKind ? SettingFile.TrainKind : Name);

    private void RefuseOthers(ParseResult parsed, RunFiles folder)
    {
        IReadOnlyList<string> given = _flags.Value.Given(parsed);
        string? extra = given.Count > 0 ? given[0] : parsed.GetValue(_data) ?? (parsed.GetValue(_overwrite) ? "--overwrite" : parsed.GetValue(_out) is not null ? "--out" : null);
        if (extra is not null) throw new UsageException($"--resume goes on with the settings in {folder.Configuration}, found '{extra}' beside it; leave that out.");
    }
}
