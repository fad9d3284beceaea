using System.CommandLine;

namespace Polymath.Cli;

/// <summary>One command of the tool: its flags, and a run that parses, calls a lower floor and renders.</summary>
internal abstract class Subcommand
{
    /// <summary>What the user types.</summary>
    public abstract string Name { get; }

    /// <summary>One sentence for the help.</summary>
    public abstract string Description { get; }

    /// <summary>The command; its flags are added only when it is the one that was asked for, so that <c>--help</c> starts fast.</summary>
    public Command Build(Terminal terminal, bool withFlags)
    {
        var command = new Command(Name, Description);
        if (withFlags) AddFlags(command);
        command.SetAction(parsed => Run(parsed, terminal));
        return command;
    }

    /// <summary>Adds arguments and options.</summary>
    protected abstract void AddFlags(Command command);

    /// <summary>Does the work.</summary>
    /// <returns>The exit code.</returns>
    protected abstract int Run(ParseResult parsed, Terminal terminal);
}
