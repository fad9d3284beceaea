using System.Text;
using System.Text.Json;
using Polymath.Tensors;

namespace Polymath.Merging.TaskVectors;

// The file of coefficients.
public sealed partial class CoefficientTable
{
    private const string Format = "polymath.coefficients/1";

    /// <summary>Writes the table as JSON, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    public void Save(string path) => AtomicFile.WriteText(path, writer => writer.Write(ToJson()));

    /// <summary>Reads a table that <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MergeException">The file is not such a table, or its parts were of the caller's choice, which a file cannot repeat.</exception>
    public static CoefficientTable Load(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format) throw new MergeException($"{path}: found format '{root.GetProperty("format")}', expected '{Format}'.");
            string[] vectors = Names(root.GetProperty("vectors")), blocks = Names(root.GetProperty("blocks"));
            float[] values = [.. root.GetProperty("values").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetSingle())];
            if (values.Length != vectors.Length * blocks.Length) throw new MergeException($"{path}: found {values.Length} coefficients, expected {vectors.Length} vectors with {blocks.Length} blocks.");
            if (!root.TryGetProperty("groups", out JsonElement groups)) return new(vectors, blocks, values, CoefficientGranularity.Parse(root.GetProperty("granularity").GetString()!), null);
            var groupOf = groups.EnumerateObject().ToDictionary(group => group.Name, group => group.Value.GetString()!, StringComparer.Ordinal);
            return new(vectors, blocks, values, CoefficientGranularity.Custom(tensor => groupOf.GetValueOrDefault(tensor) ?? throw new MergeException($"{path}: tensor '{tensor}' has no group; expected the base that the coefficients were learned on.")), groupOf);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new MergeException($"{path}: not a file of coefficients ({exception.Message}), expected one that {nameof(CoefficientTable)}.{nameof(Save)} wrote.", exception);
        }
    }

    /// <summary>The table as JSON.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("granularity", Granularity.Description);
            Write(json, "vectors", Vectors);
            Write(json, "blocks", Blocks);
            json.WriteStartArray("values");
            for (int v = 0; v < Vectors.Count; v++)
            {
                json.WriteStartArray();
                for (int b = 0; b < Blocks.Count; b++) json.WriteNumberValue(this[v, b]);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            if (_groups is not null)
            {
                json.WriteStartObject("groups");
                foreach ((string tensor, string group) in _groups) json.WriteString(tensor, group);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string[] Names(JsonElement list) => [.. list.EnumerateArray().Select(name => name.GetString()!)];

    private static void Write(Utf8JsonWriter json, string property, IReadOnlyList<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
