using Polymath.Data;
using Polymath.Data.Runs;

namespace Polymath.Boosting.Runs;

/// <summary>A grid as text, "shared=20,50 robust=0,20": every combination, the last setting varying fastest.</summary>
internal static class SearchGrid
{
    private const string Iterations = "-iterations";

    /// <summary>The points of the grid over some settings.</summary>
    /// <exception cref="RunException">Not of the form name=value,value, an unknown setting, or a value out of range.</exception>
    /// <exception cref="BoostingException">The options of a point are out of range.</exception>
    public static IReadOnlyList<GridPoint> Points(BoostSettings settings)
    {
        var points = new List<(string Name, BoostSettings Settings)> { (string.Empty, settings) };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string part in settings.Search.SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string[] values = equals <= 0 ? [] : [.. part[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
            if (values.Length == 0) throw new RunException($"search: found '{part}', expected setting=value,value, for example shared=20,50.");
            string name = part[..equals];
            SettingOption<BoostSettings> option = Find(name);
            if (!seen.Add(option.Name)) throw new RunException($"search: '{name}' is given twice, expected all its values in one list.");
            points = [.. points.SelectMany(point => values.Select(value => ($"{point.Name} {name}={value}".TrimStart(), Set(option, point.Settings, value))))];
        }

        return [.. points.Select(point => new GridPoint(point.Name, OptionsOf(point.Name, point.Settings)))];
    }

    private static SettingOption<BoostSettings> Find(string name)
    {
        SettingOption<BoostSettings>[] known = [.. BoostOptions.Table.All.Where(BoostOptions.IsSearchable)];
        return Array.Find(known, option => option.Name == name || option.Name == name + Iterations)
            ?? throw new RunException($"search: there is no setting '{name}' to vary{Suggestion.Tail(name, [.. known.Select(option => option.Name.Replace(Iterations, string.Empty, StringComparison.Ordinal))])}");
    }

    private static BoostSettings Set(SettingOption<BoostSettings> option, BoostSettings settings, string value)
    {
        try
        {
            return option.Set(settings, [value]);
        }
        catch (RunException exception)
        {
            throw new RunException($"search: {exception.Message}", exception);
        }
    }

    private static BoostingOptions OptionsOf(string name, BoostSettings settings)
    {
        try
        {
            return BoostOptions.Of(settings);
        }
        catch (BoostingException exception)
        {
            throw new RunException($"search: the point '{name}': {exception.Message}", exception);
        }
    }
}
