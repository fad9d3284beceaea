using Polymath.Tensors;

namespace Polymath.Cli;

/// <summary>The name of a file for results, looked at before the work begins.</summary>
internal static class OutputFile
{
    /// <summary>What stands for standard output in place of a name.</summary>
    public const string Standard = "-";

    /// <summary>Refuses a name that cannot be written, that is read or written elsewhere in the same command, or whose file would be lost.</summary>
    /// <param name="flag">The flag that gives the name.</param>
    /// <param name="path">The name.</param>
    /// <param name="overwrite">Whether a file that holds something may be replaced; a device, a pipe and an empty file hold nothing.</param>
    /// <param name="others">The other files of the command, and what each is there.</param>
    /// <exception cref="UsageException">It is refused.</exception>
    /// <exception cref="IOException">Its folder does not exist.</exception>
    public static void Require(string flag, string path, bool overwrite, params IEnumerable<(string Role, string Path)> others)
    {
        if (path.Length == 0) throw new UsageException($"{flag}: found an empty name, expected a file.");
        if (path == Standard) throw new UsageException($"{flag}: found '{Standard}', expected the name of a file.");
        AtomicFile.Require(path);
        string target = AtomicFile.TargetOf(path);
        foreach ((string role, string other) in others)
        {
            if (other.Length > 0 && AtomicFile.TargetOf(other) == target) throw new UsageException($"{path}: is {role} too; give another {flag}.");
        }

        if (!overwrite && new FileInfo(target) is { Exists: true, LinkTarget: null, Length: > 0 }) throw new UsageException($"{path}: exists already; give --overwrite to replace it, or another {flag}.");
    }
}
