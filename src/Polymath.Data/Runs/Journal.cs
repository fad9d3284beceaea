using System.Text;
using System.Text.Json;

namespace Polymath.Data.Runs;

/// <summary>
/// The finished pieces of long work, one line of JSON each, flushed to the disk one by one: a process that is killed repeats none of them. A line
/// that was cut off is dropped. The first line names what the pieces belong to, so that a journal is never continued with other data.
/// </summary>
/// <example><code>
/// using var journal = new Journal("results.jsonl", "comparison", fingerprint, "other data or settings", line => Take(line.GetProperty("seed").GetInt32()));
/// journal.Add(json => json.WriteNumber("seed", 3));
/// </code></example>
public sealed class Journal : IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Opens or begins a journal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is a journal of: "search".</param>
    /// <param name="fingerprint">A text that changes with everything that the pieces depend on.</param>
    /// <param name="others">What a journal with another fingerprint is of: "other data or another grid".</param>
    /// <param name="read">Receives every line that is whole, in order.</param>
    /// <exception cref="RunException">It is of other work, or a line is damaged; the file is left as it is.</exception>
    public Journal(string path, string kind, string fingerprint, string others, Action<JsonElement> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            int end = Read(path, kind, fingerprint, others, read);
            _stream.SetLength(end);
            _stream.Position = end;
            if (end == 0) Add(json => json.WriteString(kind, fingerprint));
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds a finished piece and waits until it is on the disk.</summary>
    /// <param name="write">Writes the fields of its line.</param>
    public void Add(Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        _stream.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
        _stream.Flush(flushToDisk: true);
    }

    /// <summary>Whether a file holds a finished piece.</summary>
    /// <param name="path">The file; it need not exist.</param>
    public static bool HasPieces(string path) => File.Exists(path) && File.ReadAllBytes(path).AsSpan().Count((byte)'\n') > 1;

    /// <summary>Writes a number, or null where JSON has none for it.</summary>
    /// <param name="json">Receives it.</param>
    /// <param name="name">The field.</param>
    /// <param name="value">The number.</param>
    public static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>Reads what <see cref="WriteNumber"/> wrote; null is NaN.</summary>
    /// <param name="element">The value.</param>
    public static double ReadNumber(JsonElement element) => element.ValueKind == JsonValueKind.Null ? double.NaN : element.GetDouble();

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    // The length of what is whole.
    private int Read(string path, string kind, string fingerprint, string others, Action<JsonElement> read)
    {
        byte[] bytes = new byte[_stream.Length];
        _stream.ReadExactly(bytes);
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (end == 0) return bytes.Length == 0 || bytes[0] == (byte)'{' ? 0 : throw new RunException($"{path}: found something else than a {kind}; choose another folder.");
        string[] lines = Encoding.UTF8.GetString(bytes, 0, end - 1).Split('\n');
        int at = 0;
        try
        {
            for (; at < lines.Length; at++)
            {
                using JsonDocument line = JsonDocument.Parse(lines[at]);
                if (at > 0) read(line.RootElement);
                else if (line.RootElement.GetProperty(kind).GetString() != fingerprint) throw new RunException($"{path}: belongs to a {kind} of {others}; begin again in a new folder.");
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new RunException($"{path}: line {at + 1} is damaged ({exception.Message.TrimEnd('.')}); begin again in a new folder.", exception);
        }

        return end;
    }
}
