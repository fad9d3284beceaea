using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary>A file of settings in the place of a table.</summary>
internal static class SettingText
{
    /// <summary>Whether a name is that of a YAML file.</summary>
    public static bool IsFile(string name) => name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Its text.</summary>
    /// <exception cref="RunException">There is no such file.</exception>
    public static string Read(string path)
    {
        if (Directory.Exists(path)) throw new RunException($"{path}: is a folder, expected a YAML file.");
        if (!File.Exists(path)) throw new RunException($"{path}: no such file.");
        return File.ReadAllText(path);
    }
}
