using System.Text;

namespace Polymath.Tensors;

/// <summary>
/// Writes a file so that its name only ever shows the old content or the whole new content: a temporary file beside the
/// target is written, flushed to disk and renamed over it. Whatever goes wrong (an exception, a full disk), the
/// temporary file is removed and the target is untouched.
/// </summary>
/// <remarks>
/// After a power loss the name may still show the old content, since .NET offers no way to flush a directory; it never shows half
/// of the new one.
/// </remarks>
/// <example><code>
/// AtomicFile.WriteText("run/report.html", writer => HtmlReport.Write(report, writer));
/// </code></example>
public static class AtomicFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Replaces or creates the file with what <paramref name="write"/> puts into the stream (seekable, write-only).</summary>
    /// <param name="path">The file to replace or create; its folder must exist.</param>
    /// <param name="write">Writes the content; the stream is flushed and closed afterwards.</param>
    /// <exception cref="IOException">The disk is full, or the file cannot be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable, or the path is a folder.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full)) throw new UnauthorizedAccessException($"'{path}' is a folder; give the name of a file to write.");
        string temporary = TemporaryNameBeside(full);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            RemoveQuietly(temporary);
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
