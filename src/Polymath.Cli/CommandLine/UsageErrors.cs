using System.CommandLine;
using System.CommandLine.Parsing;
using Polymath.Data;

namespace Polymath.Cli;

/// <summary>Says in one sentence what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>The sentence, or null when the command line can be run.</summary>
    public static string? Find(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string where = command is RootCommand ? "polymath" : $"polymath {command.Name}";
        string help = $"see '{where} --help'.";
        if (UnknownOption(parsed) is { } option) return $"unknown option '{option}'{Tail(option, OptionNames(command), help)}";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            return command is RootCommand
                ? $"unknown command '{token}'{Tail(token, command.Subcommands.Select(sub => sub.Name), help)}"
                : $"unexpected argument '{token}' after '{where}'; {help}";
        }

        if (command is RootCommand) return $"no command was given; {help}";
        if (parsed.Errors.Count == 0) return null;
        ParseError error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            OptionResult found => $"{found.Option.Name}: {OptionProblem(found)}; {help}",
            ArgumentResult { Argument.Name: var name } when Values(error.SymbolResult) == 0 => $"{name} is missing; {help}",
            CommandResult when command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && Values(parsed.GetResult(argument)) == 0) is { } argument => $"{argument.Name} is missing; {help}",
            _ => $"{Lower(error.Message.TrimEnd('.'))}; {help}",
        };
    }

    // The parser takes "--modle" for the value of a free argument.
    private static string? UnknownOption(ParseResult parsed)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)) return null;
        IEnumerable<string> free = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Select(token => token.Value);
        return free.Concat(parsed.UnmatchedTokens).FirstOrDefault(text => text.Length > 1 && text[0] == '-');
    }

    private static string OptionProblem(OptionResult found)
    {
        if (found.Tokens.Count == 0) return $"a value is missing, expected <{found.Option.HelpName ?? "value"}>";
        string given = string.Join(' ', found.Tokens.Select(token => token.Value));
        Type type = Nullable.GetUnderlyingType(found.Option.ValueType) ?? found.Option.ValueType;
        if (found.Tokens.Count > 1 && !type.IsArray) return $"found {found.Tokens.Count} values, expected one";
        string expected = type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? "a whole number" : type == typeof(double) ? "a number" : type == typeof(bool) ? "true or false" : $"<{found.Option.HelpName ?? "value"}>";
        return $"found '{given}', expected {expected}";
    }

    private static int Values(SymbolResult? result) => result?.Tokens.Count ?? 0;

    private static IEnumerable<string> OptionNames(Command command)
        => command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive)).Select(option => option.Name).Append("--help");

    private static string Tail(string name, IEnumerable<string> known, string help)
    {
        string? near = Suggestion.Nearest(name.Split('=', ':')[0], known);
        return near is null ? $"; {help}" : $"; did you mean '{near}'?";
    }

    private static string Lower(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
}
