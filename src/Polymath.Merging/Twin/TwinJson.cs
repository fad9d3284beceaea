using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Twin;

/// <summary>The JSON of the headers, generated so that nothing is reflected upon.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwinHeader))]
[JsonSerializable(typeof(RouterHeader))]
internal sealed partial class TwinJson : JsonSerializerContext
{
    /// <summary>Reads a header from the metadata of a file.</summary>
    public static T Read<T>(SafetensorsFile file, string key, JsonTypeInfo<T> type)
        where T : class
    {
        if (!file.Metadata.TryGetValue(key, out string? json)) throw new MergeException($"{file.Path}: found no metadata '{key}', so it is not the file of one.");
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new MergeException($"{file.Path}: the metadata '{key}' is empty.");
        }
        catch (JsonException exception)
        {
            throw new MergeException($"{file.Path}: the metadata '{key}' cannot be read: {exception.Message}", exception);
        }
    }
}
