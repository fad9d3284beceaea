namespace Polymath.Data.Runs;

/// <summary>All settings of a kind of run, in the order of the help.</summary>
/// <typeparam name="T">The settings.</typeparam>
/// <param name="defaults">Settings of which none was chosen.</param>
/// <param name="options">The settings one by one.</param>
public sealed class SettingTable<T>(T defaults, IReadOnlyList<SettingOption<T>> options)
{
    /// <summary>The settings one by one.</summary>
    public IReadOnlyList<SettingOption<T>> All { get; } = options;

    /// <summary>Settings of which none was chosen.</summary>
    public T Defaults { get; } = defaults;

    /// <summary>The setting of that name.</summary>
    /// <exception cref="RunException">There is none; the nearest is suggested.</exception>
    public SettingOption<T> Find(string name) => All.FirstOrDefault(option => option.Name == name)
        ?? throw new RunException($"unknown setting '{name}'{(Suggestion.Nearest(name, All.Select(option => option.Name)) is { } near ? $", did you mean '{near}'?" : string.Empty)}");

    /// <summary>Throws when a setting made in code is out of the range that flags and YAML are held to.</summary>
    /// <exception cref="RunException">Names the setting, the value and the range.</exception>
    public void Validate(T settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (SettingOption<T> option in All)
        {
            IReadOnlyList<string> values = option.Get(settings);
            if (values.Count > 0) option.SetExactly(settings, values);
        }
    }

    /// <summary>Default values as shown in the help; empty when there is none worth showing.</summary>
    public string DefaultOf(SettingOption<T> option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return option.Shown ?? string.Join(',', option.Get(Defaults).Where(value => value.Length > 0));
    }
}
