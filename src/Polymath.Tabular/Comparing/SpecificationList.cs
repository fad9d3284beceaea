using Polymath.Data.Runs;

namespace Polymath.Tabular.Comparing;

/// <summary>
/// Lists of <c>name[:option=value,...]</c> as people type them. A comma belongs to the options of the name before it when <c>option=value</c>
/// follows, and begins the next name otherwise: <c>mmoe:experts=4,dropout=0.1,ple</c> is two models.
/// </summary>
internal static class SpecificationList
{
    /// <summary>A setting that holds such a list.</summary>
    public static SettingOption<T> Option<T>(string name, string group, string help, Func<T, IReadOnlyList<string>> get, Func<T, IReadOnlyList<string>, T> set)
        => new(name, "list", group, help, true, get, (settings, values) => set(settings, Checked(name, [.. values.SelectMany(Split)])))
        {
            SetExactly = (settings, values) => set(settings, Checked(name, values)),
        };

    /// <summary>The names with their options.</summary>
    public static IEnumerable<string> Split(string text)
    {
        string current = string.Empty;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal), colon = part.IndexOf(':', StringComparison.Ordinal);
            bool option = equals >= 0 && (colon < 0 || colon > equals);
            if (option && current.Length > 0)
            {
                current += (current.Contains(':', StringComparison.Ordinal) ? "," : ":") + part;
                continue;
            }

            if (current.Length > 0) yield return current;
            current = part;
        }

        if (current.Length > 0) yield return current;
    }

    private static IReadOnlyList<string> Checked(string name, IReadOnlyList<string> values)
        => values.Count == 0 || values.Any(string.IsNullOrWhiteSpace) ? throw new RunException($"{name}: found an empty name, expected name[:option=value,...],name,...") : [.. values];
}
