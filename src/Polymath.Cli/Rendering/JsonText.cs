using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Polymath.Cli;

/// <summary>Writes indented JSON; what JSON cannot say (NaN) is null.</summary>
internal static class JsonText
{
    /// <summary>Writes one document and a line end.</summary>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(json);
        output.Write(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
        output.Write('\n');
    }

    /// <summary>What a run that was stopped answers: that it is not completed, and its folder.</summary>
    public static void WriteStopped(TextWriter output, string folder) => Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("completed", false);
        json.WriteString("folder", folder);
        json.WriteEndObject();
    });

    /// <summary>A number, or null when it is not finite.</summary>
    public static void Number(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>An array of texts.</summary>
    public static void Strings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
