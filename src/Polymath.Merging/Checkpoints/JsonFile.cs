using System.Text.Json;
using System.Text.Json.Nodes;

namespace Polymath.Merging.Checkpoints;

/// <summary>Reads the small JSON files of a model with errors that name the file.</summary>
internal static class JsonFile
{
    /// <summary>The object in a file.</summary>
    /// <exception cref="MergeException">The file cannot be read or holds no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            JsonNode? node = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (node is not JsonObject root) throw new MergeException($"{path}: expected a JSON object.");
            _ = root.Count; // a name given twice is found here
            return root;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new MergeException($"{path}: not valid JSON ({exception.Message.TrimEnd('.')}).", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MergeException($"{path}: the file cannot be read ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>The text of a node, or null when it is none.</summary>
    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The whole number of a node, or null when it is none.</summary>
    public static int? IntegerOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : null;

    /// <summary>The number of a node, or null when it is none.</summary>
    public static double? NumberOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) ? number : null;

    /// <summary>The flag of a node, or null when it is none.</summary>
    public static bool? FlagOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;
}
