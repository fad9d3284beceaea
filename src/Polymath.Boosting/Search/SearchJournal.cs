using System.Text;
using System.Text.Json;

namespace Polymath.Boosting;

/// <summary>
/// The finished fits of a search, one line each, flushed to the disk one by one: a process that is killed repeats none of them. A line
/// that was cut off is dropped. The first line names data and grid, so that a journal is never continued with others.
/// </summary>
internal sealed class SearchJournal : IDisposable
{
    private readonly FileStream _stream;
    private readonly Dictionary<(string Point, int Fold), FoldScore> _finished = [];

    /// <summary>Opens or begins a journal.</summary>
    /// <exception cref="BoostingException">It is of another search, or a line is damaged.</exception>
    public SearchJournal(string path, string fingerprint)
    {
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            Read(path, fingerprint);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The score of a fit that is already finished.</summary>
    public bool TryGet(GridPoint point, int fold, out FoldScore score) => _finished.TryGetValue((point.Name, fold), out score);

    /// <summary>Adds a finished fit.</summary>
    public void Add(FoldScore score) => WriteLine(json =>
    {
        json.WriteString("point", score.Point);
        json.WriteNumber("fold", score.Fold);
        Number(json, "loss", score.Loss);
        Number(json, "score", score.Score);
    });

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Whether a file holds a finished fit.</summary>
    public static bool HasFits(string path) => File.Exists(path) && File.ReadAllBytes(path).AsSpan().Count((byte)'\n') > 1;

    private void Read(string path, string fingerprint)
    {
        byte[] bytes = new byte[_stream.Length];
        _stream.ReadExactly(bytes);
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        _stream.SetLength(end);
        _stream.Position = end;
        if (end == 0)
        {
            WriteLine(json => json.WriteString("search", fingerprint));
            return;
        }

        string[] lines = Encoding.UTF8.GetString(bytes, 0, end - 1).Split('\n');
        try
        {
            using JsonDocument head = JsonDocument.Parse(lines[0]);
            if (head.RootElement.GetProperty("search").GetString() != fingerprint) throw new BoostingException($"{path}: belongs to a search of other data or another grid; search again in a new folder.");
            for (int line = 1; line < lines.Length; line++)
            {
                using JsonDocument document = JsonDocument.Parse(lines[line]);
                JsonElement root = document.RootElement;
                var score = new FoldScore(root.GetProperty("point").GetString()!, root.GetProperty("fold").GetInt32(), Number(root.GetProperty("loss")), Number(root.GetProperty("score")));
                _finished[(score.Point, score.Fold)] = score;
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new BoostingException($"{path}: a line is damaged ({exception.Message.TrimEnd('.')}); search again in a new folder.", exception);
        }
    }

    private void WriteLine(Action<Utf8JsonWriter> write)
    {
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

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Null ? double.NaN : element.GetDouble();
}
