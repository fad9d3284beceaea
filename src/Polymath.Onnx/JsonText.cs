using System.Text;
using System.Text.Json;

namespace Polymath.Onnx;

/// <summary>Texts as a JSON array, without reflection.</summary>
internal static class JsonText
{
    public static string Of(IReadOnlyList<string> texts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (string text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
