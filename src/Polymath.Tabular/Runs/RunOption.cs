namespace Polymath.Tabular.Runs;

/// <summary>One setting of a run: the single source of its flag, its YAML key, its help text and its range.</summary>
/// <param name="Name">Flag without dashes, and YAML key: <c>batch-size</c>.</param>
/// <param name="Value">What stands for the value in the help: <c>rows</c>; empty for a switch.</param>
/// <param name="Group">Heading in the help.</param>
/// <param name="Help">One sentence.</param>
/// <param name="IsList">Whether it may be given several times or as a comma-separated list.</param>
/// <param name="Get">The setting as text, one entry per value.</param>
/// <param name="Set">The settings with this one replaced; throws <see cref="RunException"/> when the text is not in range.</param>
public sealed record RunOption(string Name, string Value, string Group, string Help, bool IsList, Func<RunSettings, IReadOnlyList<string>> Get, Func<RunSettings, IReadOnlyList<string>, RunSettings> Set)
{
    /// <summary>As <see cref="Set"/>, but a list is taken as it is: a comma belongs to the value. YAML sequences are read by it.</summary>
    public Func<RunSettings, IReadOnlyList<string>, RunSettings> SetExactly { get; init; } = Set;

    /// <summary>Whether it takes no value.</summary>
    public bool IsSwitch => Value.Length == 0;
}
