using Polymath.Tensors;

namespace Polymath.Data;

/// <summary>Writes a data file whole or not at all, and says in one sentence when that is impossible.</summary>
internal static class DataFile
{
    /// <exception cref="TableException">The file cannot be written; nothing is left behind.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            AtomicFile.Write(path, write);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new TableException(cause.Message, path, inner: cause);
        }
    }
}
