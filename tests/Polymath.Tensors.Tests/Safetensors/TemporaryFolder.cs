namespace Polymath.Tests.Safetensors;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("polymath-safetensors-").FullName;

    public string this[string file] => Path.Combine(_path, file);

    public string[] Files => [.. Directory.GetFiles(_path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public string Write(string file, ReadOnlySpan<byte> bytes)
    {
        string path = this[file];
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Writes a file from a header as text and the data behind it.</summary>
    public string Write(string file, string header, params byte[] data)
    {
        byte[] json = System.Text.Encoding.UTF8.GetBytes(header);
        return Write(file, [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data]);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
