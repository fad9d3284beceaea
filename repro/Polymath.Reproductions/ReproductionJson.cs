using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Polymath.Reproductions;

/// <summary>JSON of a <see cref="ReproductionReport"/>, written and read field by field: no reflection, so it works in trimmed and AOT programs.</summary>
internal static class ReproductionJson
{
    private const int Version = 1;

    public static string Write(ReproductionReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("slug", report.Slug);
            json.WriteString("title", report.Title);
            json.WriteString("command", report.Command);
            json.WriteBoolean("quick", report.Quick);
            Number(json, "seconds", Math.Round(report.Seconds, 1));
            json.WriteBoolean("holds", report.Holds);
            Each(json, "assertions", report.Assertions, Write);
            Each(json, "tables", report.Tables, Write);
            Each(json, "pictures", report.Pictures, Write);
            json.WriteStartArray("notes");
            foreach (string note in report.Notes) json.WriteStringValue(note);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    public static ReproductionReport Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            int version = root.GetProperty("version").GetInt32();
            if (version != Version) throw new FormatException($"version {version}, expected {Version}.");
            return new ReproductionReport
            {
                Slug = Text(root, "slug"),
                Title = Text(root, "title"),
                Command = Text(root, "command"),
                Quick = root.GetProperty("quick").GetBoolean(),
                Seconds = root.GetProperty("seconds").GetDouble(),
                Assertions = [.. root.GetProperty("assertions").EnumerateArray().Select(Assertion)],
                Tables = [.. root.GetProperty("tables").EnumerateArray().Select(Table)],
                Pictures = [.. root.GetProperty("pictures").EnumerateArray().Select(item => new ReportPicture(Text(item, "file"), Text(item, "caption")))],
                Notes = [.. root.GetProperty("notes").EnumerateArray().Select(item => item.GetString()!)],
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"not a report of a reproduction: {exception.Message}", exception);
        }
    }

    private static void Write(Utf8JsonWriter json, ReproductionAssertion assertion)
    {
        json.WriteString("sentence", assertion.Sentence);
        json.WriteBoolean("holds", assertion.Holds);
        json.WriteString("measured", assertion.Measured);
        json.WriteBoolean("required", assertion.Required);
    }

    private static ReproductionAssertion Assertion(JsonElement item)
        => new(Text(item, "sentence"), item.GetProperty("holds").GetBoolean(), Text(item, "measured"), item.GetProperty("required").GetBoolean());

    private static void Write(Utf8JsonWriter json, ReportPicture picture)
    {
        json.WriteString("file", picture.File);
        json.WriteString("caption", picture.Caption);
    }

    private static void Write(Utf8JsonWriter json, ReportTable table)
    {
        json.WriteString("title", table.Title);
        json.WriteStartArray("columns");
        foreach (string column in table.Columns) json.WriteStringValue(column);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (IReadOnlyList<ReportCell> row in table.Rows)
        {
            json.WriteStartArray();
            foreach (ReportCell cell in row) Write(json, cell);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static ReportTable Table(JsonElement item)
    {
        string[] columns = [.. item.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!)];
        ReportCell[][] rows = [.. item.GetProperty("rows").EnumerateArray().Select(row => (ReportCell[])[.. row.EnumerateArray().Select(Cell)])];
        string title = Text(item, "title");
        ReportCell[]? uneven = Array.Find(rows, row => row.Length != columns.Length);
        return uneven is null ? new ReportTable(title, columns, rows) : throw new FormatException($"table '{title}': found a row of {uneven.Length} cells, expected {columns.Length}.");
    }

    // Text is a string, everything else an object.
    private static void Write(Utf8JsonWriter json, ReportCell cell)
    {
        if (!cell.IsNumber)
        {
            json.WriteStringValue(cell.Label);
            return;
        }

        json.WriteStartObject();
        if (cell.Measured is { } measured)
        {
            Number(json, "mean", measured.Mean);
            Number(json, "deviation", measured.Deviation);
            json.WriteNumber("seeds", measured.Seeds);
        }

        if (cell.Reference is { } reference) Number(json, "reference", reference);
        json.WriteNumber("decimals", cell.Decimals);
        json.WriteEndObject();
    }

    private static ReportCell Cell(JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.String) return item.GetString()!;
        return new ReportCell
        {
            Measured = item.TryGetProperty("seeds", out JsonElement seeds) ? new Spread(Number(item, "mean"), Number(item, "deviation"), seeds.GetInt32()) : null,
            Reference = item.TryGetProperty("reference", out _) ? Number(item, "reference") : null,
            Decimals = item.GetProperty("decimals").GetInt32(),
        };
    }

    private static void Each<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // What JSON cannot say (NaN: no spread of one seed) is null.
    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static double Number(JsonElement item, string name)
    {
        JsonElement value = item.GetProperty(name);
        return value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString() ?? throw new InvalidOperationException($"'{name}' is null.");
}
