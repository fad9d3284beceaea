using System.Text;

namespace Polymath.Tensors;

/// <summary>
/// Writes a file so that its name only ever shows the old content or the whole new content: a temporary file beside the
/// target is written, flushed to disk and renamed over it. Whatever goes wrong (an exception, a full disk), the
/// temporary file is removed and the target is untouched.
/// </summary>
/// <remarks>
/// A link stays a link: what it leads to is replaced. What is no regular file (a pipe, a terminal, <c>/dev/null</c>) has no content
/// to keep and is written to as it is.
/// After a power loss the name may still show the old content, since .NET offers no way to flush a directory; it never shows half
/// of the new one.
/// </remarks>
/// <example><code>
/// AtomicFile.WriteText("run/report.html", writer => HtmlReport.Write(report, writer));
/// </code></example>
public static class AtomicFile
{
    private const int BufferBytes = 1 << 16;

    // The names under which Windows shows devices and pipes.
    private const string WindowsDevices = @"\\.\";

    /// <summary>Replaces or creates the file with what <paramref name="write"/> puts into the stream.</summary>
    /// <param name="path">The file to replace or create; its folder must exist.</param>
    /// <param name="write">Writes the content; the stream is write-only, can seek unless the target is a pipe or a terminal, and is flushed and closed afterwards.</param>
    /// <exception cref="IOException">The folder does not exist, the disk is full, or the file cannot be written; the message names the target and the cause, and nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable, or the path is a folder.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Require(path);
        string target = TargetOf(path), written = target;
        try
        {
            if (OpenUnlessRegular(target) is { } other)
            {
                using (other) write(other);
                return;
            }

            written = TemporaryNameBeside(target);
            using (var stream = new FileStream(written, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(written, target, overwrite: true);
        }
        catch (Exception error)
        {
            if (written != target) RemoveQuietly(written);
            if (Sentence(error, path, written, target) is { } sentence) throw sentence;
            throw;
        }
    }

    /// <summary>As <see cref="Write"/>, for text in UTF-8 without a byte order mark and with <c>\n</c> line ends.</summary>
    /// <param name="path">The file to replace or create; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    public static void WriteText(string path, Action<TextWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), BufferBytes, leaveOpen: true) { NewLine = "\n" };
            write(writer);
        });
    }

    /// <summary>Refuses a name that <see cref="Write"/> would refuse whatever is written, for those who work long before they write.</summary>
    /// <param name="path">The file to replace or create.</param>
    /// <exception cref="IOException">Its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder.</exception>
    public static void Require(string path)
    {
        string target = TargetOf(path);
        if (Directory.Exists(target)) throw new UnauthorizedAccessException($"'{path}' is a folder; give the name of a file to write.");
        if (target.StartsWith(WindowsDevices, StringComparison.Ordinal) || Directory.Exists(Path.GetDirectoryName(target))) return;

        // As the caller spells it, where that is possible.
        string? folder = target == Path.GetFullPath(path) ? Path.GetDirectoryName(path) : null;
        throw new DirectoryNotFoundException($"{path}: cannot be written ({MissingFolder(string.IsNullOrEmpty(folder) ? Path.GetDirectoryName(target)! : folder)}).");
    }

    /// <summary>The file that is replaced or created under a name: the name itself, or what a link of that name leads to.</summary>
    /// <param name="path">A name.</param>
    /// <returns>A full path.</returns>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string TargetOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (new FileInfo(full).LinkTarget is null) return full;
        string target;
        try
        {
            target = File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        }
        catch (IOException error)
        {
            throw new IOException($"{path}: cannot be written (the links of this name lead nowhere).", error);
        }

        // A link of Linux to what has no name ("/proc/self/fd/pipe:[8]", where /dev/stdout leads) can be opened but not followed.
        return target.StartsWith("/proc/", StringComparison.Ordinal) ? full : target;
    }

    /// <summary>The file that stands where the name of a folder needs one: the folder's name itself or that of one above it; null when there is none.</summary>
    /// <param name="folder">The name.</param>
    public static string? FileInTheWay(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        for (string? part = folder; !string.IsNullOrEmpty(part); part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part)) return part;
        }

        return null;
    }

    private static string MissingFolder(string folder) => FileInTheWay(folder) is { } file ? $"{file}: is a file, expected a folder" : $"{folder}: no such folder";

    // .NET does not tell the type of a file. What is no regular file cannot seek (pipes, terminals), or has no length that could be
    // set (other devices, by POSIX); setting the length of an empty regular file to 0 leaves it as it is.
    private static FileStream? OpenUnlessRegular(string target)
    {
        if (!File.Exists(target) && !target.StartsWith(WindowsDevices, StringComparison.Ordinal)) return null;
        FileStream stream;
        try
        {
            stream = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
        }
        catch (UnauthorizedAccessException)
        {
            return null; // Replacing a write-protected file takes no more than the right to write in its folder.
        }

        if (!IsRegular(stream)) return stream;
        stream.Dispose();
        return null;
    }

    private static bool IsRegular(FileStream stream)
    {
        if (!stream.CanSeek) return false;
        if (stream.Length > 0) return true;
        try
        {
            RandomAccess.SetLength(stream.SafeFileHandle, 0);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // The system's errors name the file that was being written, which may be the temporary one; those of another file are not ours.
    private static Exception? Sentence(Exception error, string path, string written, string target)
    {
        if (error is not (IOException or UnauthorizedAccessException) || !(error.Message.Contains(written, StringComparison.Ordinal) || error.Message.Contains(target, StringComparison.Ordinal))) return null;
        if (error is UnauthorizedAccessException) return new UnauthorizedAccessException($"{path}: cannot be written (permission denied{(written == target ? string.Empty : $" in the folder {Path.GetDirectoryName(target)}")}).", error);
        string cause = error.Message.Replace($" : '{written}'", string.Empty, StringComparison.Ordinal).Replace(written, path, StringComparison.Ordinal).Replace(target, path, StringComparison.Ordinal);
        return new IOException($"{path}: cannot be written ({cause.TrimEnd('.')}).", error) { HResult = error.HResult };
    }

    // A hidden name of its own per writer: two processes writing the same target never share a temporary file.
    private static string TemporaryNameBeside(string full)
    {
        string name = Path.GetFileName(full);
        if (name.Length > 64) name = name[..64];
        return Path.Combine(Path.GetDirectoryName(full)!, $".{name}.{Guid.NewGuid():N}.tmp");
    }

    private static void RemoveQuietly(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }
}
