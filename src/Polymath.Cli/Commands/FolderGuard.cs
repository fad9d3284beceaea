using Polymath.Data.Runs;

namespace Polymath.Cli;

/// <summary>Removes what a failed start of a run has created, unless there is something to resume.</summary>
internal sealed class FolderGuard
{
    private readonly RunFiles _folder;
    private readonly string? _created;
    private readonly bool _wasEmpty;

    /// <summary>Looks at the folder before the run.</summary>
    public FolderGuard(RunFiles folder)
    {
        _folder = folder;
        string path = Path.GetFullPath(folder.Path);
        _wasEmpty = Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any();

        // The topmost folder that does not exist yet.
        for (string? part = path; part is not null && !Directory.Exists(part) && !File.Exists(part); part = Path.GetDirectoryName(part)) _created = part;
    }

    /// <summary>Whether the run can be continued.</summary>
    public bool HasCheckpoint => _folder.HasCheckpoint;

    /// <summary>Puts back what was there before.</summary>
    public void Undo()
    {
        if (HasCheckpoint) return;
        try
        {
            if (_created is not null && Directory.Exists(_created)) Directory.Delete(_created, recursive: true);
            else if (_wasEmpty)
            {
                foreach (string folder in Directory.EnumerateDirectories(_folder.Path)) Directory.Delete(folder, recursive: true);
                foreach (string file in Directory.EnumerateFiles(_folder.Path)) File.Delete(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }
}
