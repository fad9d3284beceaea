namespace Polymath.Cli;

/// <summary>The name of a folder for results.</summary>
internal static class FolderName
{
    /// <summary>One spelling of it, because "run/" and "run" are one folder.</summary>
    /// <exception cref="UsageException">It is empty.</exception>
    public static string Of(string path) => path.Length == 0 ? throw new UsageException("--out: found an empty name, expected a folder.") : path.Length > 1 ? Path.TrimEndingDirectorySeparator(path) : path;
}
