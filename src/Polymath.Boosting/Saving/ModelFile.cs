using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Boosting;

/// <summary>
/// Saved models. A <c>.safetensors</c> file has the trees as tensors and the rest as JSON in its metadata; a <c>.json</c> file has all in
/// one object, numbers in the shortest form that reads back to the same bits.
/// </summary>
internal static class ModelFile
{
    private const string Binary = ".safetensors", Readable = ".json", HeaderKey = "polymath.boosting";

    /// <summary>Writes a model whole or not at all.</summary>
    public static void Save(BoostedModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        bool binary = IsBinary(path);
        var header = ModelHeader.Of(model);
        var trees = ModelTrees.Of(model);
        Guard(path, "written", () =>
        {
            new ModelShape(header).Require(trees);
            if (binary) SafetensorsWriter.Write(path, TreeTensors.Write(trees), new Dictionary<string, string> { [HeaderKey] = Text(header) });
            else AtomicFile.Write(path, stream => Write(stream, header, trees));
            return 0;
        });
    }

    /// <summary>Reads a model.</summary>
    public static BoostedModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        bool binary = IsBinary(path);
        if (!File.Exists(path)) throw new BoostingException($"{path}: no such file, expected a saved model.");
        return Guard(path, "read", () => binary ? LoadTensors(path) : LoadJson(path));
    }

    private static BoostedModel LoadTensors(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(HeaderKey, out string? text)) throw new BoostingException("is not a saved boosted model, found other tensors.");
        using JsonDocument document = JsonDocument.Parse(text);
        var header = ModelHeader.Read(new SavedField(document.RootElement, string.Empty));
        var shape = new ModelShape(header);
        return shape.Build(TreeTensors.Read(file, shape));
    }

    private static BoostedModel LoadJson(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using JsonDocument document = JsonDocument.Parse(stream);
        var root = new SavedField(document.RootElement, string.Empty);
        var header = ModelHeader.Read(root);
        var shape = new ModelShape(header);
        return shape.Build(TreeJson.Read(root["trees"], shape));
    }

    private static string Text(ModelHeader header)
    {
        using var stream = new MemoryStream();
        Write(stream, header, null);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Stream stream, ModelHeader header, ModelTrees? trees)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = trees is not null, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        header.Write(json);
        if (trees is not null) TreeJson.Write(json, trees);
        json.WriteEndObject();
    }

    private static bool IsBinary(string path) => Path.GetExtension(path) switch
    {
        Binary => true,
        Readable => false,
        _ => throw new BoostingException($"{path}: expected the name of a model to end in {Binary} or {Readable}."),
    };

    /// <summary>Turns every way in which a file can be unusable into one sentence that begins with its name.</summary>
    private static T Guard<T>(string path, string verb, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (BoostingException exception)
        {
            throw new BoostingException($"{path}: {exception.Message}", exception);
        }
        catch (SafetensorsException exception)
        {
            throw new BoostingException(exception.Message, exception);
        }
        catch (JsonException exception)
        {
            throw new BoostingException($"{path}, line {(exception.LineNumber ?? 0) + 1}: is not complete JSON; the file is truncated or damaged.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            // What could not be written is a sentence already.
            throw new BoostingException(exception.Message.StartsWith($"{path}: ", StringComparison.Ordinal) ? exception.Message : $"{path}: cannot be {verb} ({exception.Message.TrimEnd('.')}).", exception);
        }
    }
}
