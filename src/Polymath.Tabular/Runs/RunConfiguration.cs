using Polymath.Data.Runs;

namespace Polymath.Tabular.Runs;

/// <summary>Settings as YAML: the keys are the flags without their dashes, lists are sequences, and what is left out keeps its default.</summary>
public static class RunConfiguration
{
    /// <summary>All settings as YAML text. A password in the address of a database is left out: give it by PGPASSWORD or a password file.</summary>
    public static string Write(RunSettings settings) => SettingFile.Write(RunOptions.Table, settings);

    /// <summary>Reads settings from YAML text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="settings">What the file changes; defaults unless given.</param>
    /// <exception cref="RunException">Not YAML, an unknown key, or a value out of range; file and line are named.</exception>
    public static RunSettings Read(string text, string name, RunSettings? settings = null) => SettingFile.Read(RunOptions.Table, text, name, settings);
}
