namespace Polymath.Merging.Configuration;

/// <summary>The parameters that one level of a configuration sets.</summary>
public sealed class ParameterTable
{
    private readonly IReadOnlyDictionary<string, ParameterSetting> _settings;

    /// <summary>A table of settings.</summary>
    /// <param name="settings">Settings by parameter name.</param>
    public ParameterTable(IReadOnlyDictionary<string, ParameterSetting> settings) => _settings = settings;

    /// <summary>Nothing is set.</summary>
    public static ParameterTable Empty { get; } = new(new Dictionary<string, ParameterSetting>());

    /// <summary>The names that are set.</summary>
    public IEnumerable<string> Names => _settings.Keys;

    /// <summary>The setting of a parameter, or null.</summary>
    public ParameterSetting? Find(string name) => _settings.GetValueOrDefault(name);
}
