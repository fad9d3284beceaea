using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Polymath.Cli;

/// <summary>Help with the options under headings, wrapped to the terminal.</summary>
internal sealed class HelpPage(Terminal terminal) : SynchronousCommandLineAction
{
    private const string Tool = "polymath";
    private const int LeftColumn = 30;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command);
        return ExitCode.Success;
    }

    /// <summary>Writes the page of a command.</summary>
    public void Write(Command command)
    {
        Paragraph(command.Description ?? string.Empty);
        bool root = command is RootCommand;
        string path = string.Join(' ', Path(command));
        string arguments = string.Concat(command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" {argument.Name}"));
        Line($"Usage: {path}{(command.Subcommands.Any() ? " <command>" : string.Empty)}{arguments} [options]");
        Section("Commands", [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, sub.Description ?? string.Empty))]);
        Section("Arguments", [.. command.Arguments.Select(argument => (argument.Name, argument.Description ?? string.Empty))]);
        foreach (IGrouping<string, Option> group in OptionsOf(command).GroupBy(option => option is IGroupedOption grouped ? grouped.Group : GlobalFlags.Group))
        {
            Section(group.Key, [.. group.Select(option => (Label(option), Describe(option)))]);
        }

        if (root)
        {
            Line(string.Empty);
            Line("'polymath <command> --help' says more; 'polymath train --demo' shows it at work.");
        }
    }

    // Own flags first, in the order of the settings; the flags of every command last.
    private static IEnumerable<Option> OptionsOf(Command command)
    {
        IEnumerable<Option> own = command.Options.Where(option => !option.Hidden);
        IEnumerable<Option> inherited = Parents(command).SelectMany(parent => parent.Options).Where(option => option is { Recursive: true, Hidden: false });
        return own.OrderBy(option => option is IGroupedOption ? 0 : 1).Concat(command is RootCommand ? [] : inherited.Where(option => option is IGroupedOption or HelpOption));
    }

    private static IEnumerable<Command> Parents(Command command) => command.Parents.OfType<Command>().SelectMany(parent => Parents(parent).Append(parent));

    private static IEnumerable<string> Path(Command command) => Parents(command).Append(command).Select(part => part is RootCommand ? Tool : part.Name);

    private static string Label(Option option)
    {
        string[] shortNames = [.. option.Aliases.Where(alias => alias.Length == 2 && alias != "-?")];
        string names = $"{(shortNames.Length > 0 ? $"{shortNames[0]}, " : "    ")}{option.Name}";
        return string.IsNullOrEmpty(option.HelpName) ? names : $"{names} <{option.HelpName}>";
    }

    private static string Describe(Option option)
    {
        string text = option.Description ?? string.Empty;
        return option is IGroupedOption { Shown.Length: > 0 } grouped ? $"{text} [{grouped.Shown}]" : text;
    }

    private void Section(string heading, IReadOnlyList<(string Left, string Right)> rows)
    {
        if (rows.Count == 0) return;
        Line(string.Empty);
        Line($"{heading}:");
        foreach ((string left, string right) in rows)
        {
            string first = $"  {left}";
            bool beside = first.Length < LeftColumn - 1;
            if (!beside) Line(first);
            foreach (string line in TextWrap.Lines(right, terminal.TextWidth - LeftColumn))
            {
                Line((beside ? first.PadRight(LeftColumn) : new string(' ', LeftColumn)) + line);
                (first, beside) = (string.Empty, true);
            }
        }
    }

    private void Paragraph(string text)
    {
        foreach (string line in TextWrap.Lines(text, terminal.TextWidth)) Line(line);
        Line(string.Empty);
    }

    private void Line(string text) => terminal.Output.WriteLine(text.TrimEnd());
}
