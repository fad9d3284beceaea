using System.Globalization;

namespace Polymath.Data.Runs;

/// <summary>One setting of a run: the single source of its flag, its YAML key, its help text and its range.</summary>
/// <typeparam name="T">The settings it is one of.</typeparam>
/// <param name="Name">Flag without dashes, and YAML key: <c>batch-size</c>.</param>
/// <param name="Value">What stands for the value in the help: <c>rows</c>; empty for a switch.</param>
/// <param name="Group">Heading in the help.</param>
/// <param name="Help">One sentence.</param>
/// <param name="IsList">Whether it may be given several times or as a comma-separated list.</param>
/// <param name="Get">The setting as text, one entry per value; none when it is not set.</param>
/// <param name="Set">The settings with this one replaced; throws <see cref="RunException"/> when the text is not in range.</param>
/// <example><code>
/// var rows = SettingOption&lt;MySettings&gt;.Integer("rows", "Training", "Rows per step.", 1, s => s.Rows, (s, v) => s with { Rows = v });
/// settings = rows.Set(settings, ["256"]);
/// </code></example>
public sealed record SettingOption<T>(string Name, string Value, string Group, string Help, bool IsList, Func<T, IReadOnlyList<string>> Get, Func<T, IReadOnlyList<string>, T> Set)
{
    private const double Unbounded = 1e9;

    /// <summary>As <see cref="Set"/>, but a list is taken as it is: a comma belongs to the value. YAML sequences are read by it.</summary>
    public Func<T, IReadOnlyList<string>, T> SetExactly { get; init; } = Set;

    /// <summary>The default as the help shows it, for a setting whose default depends on others; null shows the default's own text.</summary>
    public string? Shown { get; init; }

    /// <summary>Whether it takes no value.</summary>
    public bool IsSwitch => Value.Length == 0;

    /// <summary>A text; empty is not set, unless it is required.</summary>
    public static SettingOption<T> Text(string name, string value, string group, string help, Func<T, string> get, Func<T, string, T> set, bool required = false)
        => new(name, value, group, help, false, s => get(s).Length == 0 && !required ? [] : [get(s)], (s, v) =>
            required && Single(name, v).Length == 0 ? throw new RunException($"{name}: found nothing, expected a {value}.") : set(s, Single(name, v)));

    /// <summary>A text of at most one character; a tab may be written <c>\t</c>.</summary>
    public static SettingOption<T> Character(string name, string group, string help, Func<T, string> get, Func<T, string, T> set, bool required = false)
        => Text(name, "char", group, help, get, (s, v) => set(s, Character(name, v)), required);

    /// <summary>True or false.</summary>
    public static SettingOption<T> Switch(string name, string group, string help, Func<T, bool> get, Func<T, bool, T> set)
        => new(name, string.Empty, group, help, false, s => [get(s) ? "true" : "false"], (s, v) => set(s, v.Count == 0 || Single(name, v) switch
        {
            "true" or "yes" => true,
            "false" or "no" => false,
            string other => throw new RunException($"{name}: found '{other}', expected true or false."),
        }));

    /// <summary>Texts; as a flag they may be separated by commas, unless <paramref name="split"/> says that a comma belongs to the value.</summary>
    public static SettingOption<T> List(string name, string value, string group, string help, Func<T, IReadOnlyList<string>> get, Func<T, IReadOnlyList<string>, T> set, bool split = true)
        => new(name, value, group, help, true, get, (s, v) => set(s, split ? [.. v.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries))] : [.. v]))
        {
            SetExactly = (s, v) => set(s, [.. v]),
        };

    /// <summary>One of some words; an empty text is not set.</summary>
    public static SettingOption<T> Choice(string name, string group, string help, string[] choices, Func<T, string> get, Func<T, string, T> set)
        => new(name, string.Join('|', choices), group, help, false, s => get(s).Length == 0 ? [] : [get(s)], (s, v) => choices.Contains(Single(name, v))
            ? set(s, v[0])
            : throw new RunException($"{name}: found '{v[0]}', expected {string.Join(", ", choices[..^1])} or {choices[^1]}."));

    /// <summary>A whole number; null is not set.</summary>
    public static SettingOption<T> Integer(string name, string group, string help, int least, Func<T, int?> get, Func<T, int, T> set, int most = int.MaxValue)
        => new(name, "n", group, help, false, s => get(s) is { } number ? [number.ToString(CultureInfo.InvariantCulture)] : [], (s, v) =>
            int.TryParse(Single(name, v), NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
                ? set(s, number)
                : throw new RunException($"{name}: found '{v[0]}', expected a whole number {(most == int.MaxValue ? $"of {least} or more" : $"from {least} to {most}")}."));

    /// <summary>A number; null is not set.</summary>
    public static SettingOption<T> Number(string name, string group, string help, double least, double most, Func<T, double?> get, Func<T, double, T> set)
        => new(name, "x", group, help, false, s => get(s) is { } number ? [number.ToString("R", CultureInfo.InvariantCulture)] : [], (s, v) =>
            double.TryParse(Single(name, v), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
                ? set(s, number)
                : throw new RunException($"{name}: found '{v[0]}', expected a number {(most > Unbounded ? $"of {least} or more" : $"from {least} to {most}")}."));

    private static string Single(string name, IReadOnlyList<string> values)
        => values.Count == 1 ? values[0] : throw new RunException($"{name}: found {values.Count} values, expected one.");

    private static string Character(string name, string text)
    {
        string value = text == "\\t" ? "\t" : text;
        return value.Length <= 1 ? value : throw new RunException($"{name}: found '{text}', expected a single character.");
    }
}
