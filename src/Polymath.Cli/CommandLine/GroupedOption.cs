using System.CommandLine;

namespace Polymath.Cli;

/// <summary>An option that knows its heading in the help.</summary>
internal interface IGroupedOption
{
    /// <summary>The heading.</summary>
    string Group { get; }

    /// <summary>The default as shown; empty shows none.</summary>
    string Shown { get; }
}

/// <inheritdoc cref="IGroupedOption"/>
internal sealed class GroupedOption<T>(string name, string group, string shown = "", params string[] aliases) : Option<T>(name, aliases), IGroupedOption
{
    /// <inheritdoc/>
    public string Group { get; } = group;

    /// <inheritdoc/>
    public string Shown { get; } = shown;
}
