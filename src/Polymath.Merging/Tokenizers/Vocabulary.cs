using System.Text.Json.Nodes;
using Polymath.Merging.Checkpoints;

namespace Polymath.Merging.Tokenizers;

/// <summary>The tokens of a model's tokenizer with their ids, read from tokenizer.json, or from vocab.json or vocab.txt where there is none.</summary>
/// <example><code>
/// Vocabulary vocabulary = Vocabulary.Read("stories260K");
/// int id = vocabulary.Ids["&lt;s&gt;"];
/// </code></example>
public sealed class Vocabulary
{
    internal const string TokenizerFile = "tokenizer.json", AddedFile = "added_tokens.json";

    private static readonly string[] FileNames = [TokenizerFile, "vocab.json", "vocab.txt", AddedFile];

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, JsonObject> _added;

    /// <summary>A vocabulary.</summary>
    /// <param name="ids">Ids by token.</param>
    /// <param name="added">The tokens that stand outside the tokenizer's model, with their settings as in tokenizer.json.</param>
    public Vocabulary(IEnumerable<KeyValuePair<string, int>> ids, IEnumerable<KeyValuePair<string, JsonObject>>? added = null)
    {
        _ids = new(ids, StringComparer.Ordinal);
        _added = new(added ?? [], StringComparer.Ordinal);
    }

    /// <summary>Ids by token, added tokens included.</summary>
    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>The tokens that stand outside the tokenizer's model, with their settings.</summary>
    public IReadOnlyDictionary<string, JsonObject> Added => _added;

    /// <summary>Reads the tokenizer in a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="MergeException">There is no tokenizer, or it cannot be read.</exception>
    public static Vocabulary Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string json = Path.Combine(folder, TokenizerFile), map = Path.Combine(folder, "vocab.json"), list = Path.Combine(folder, "vocab.txt");
        if (File.Exists(json)) return FromTokenizer(json);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        if (File.Exists(map)) AddIds(map, JsonFile.Read(map), ids);
        else if (File.Exists(list)) foreach (string token in File.ReadLines(list)) ids.TryAdd(token, ids.Count);
        else throw new MergeException($"model '{folder}' has no tokenizer: there is neither {TokenizerFile} nor vocab.json nor vocab.txt.");
        string extra = Path.Combine(folder, AddedFile);
        var added = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        if (File.Exists(extra))
        {
            var more = new Dictionary<string, int>(StringComparer.Ordinal);
            AddIds(extra, JsonFile.Read(extra), more);
            foreach ((string token, int id) in more) (ids[token], added[token]) = (id, Settings(token, id));
        }

        return new(ids, added);
    }

    /// <summary>The files in a folder that a vocabulary may be read from.</summary>
    internal static IEnumerable<string> FilesOf(string folder) => FileNames.Select(name => Path.Combine(folder, name)).Where(File.Exists);

    /// <summary>The settings of an added token that has none of its own.</summary>
    internal static JsonObject Settings(string token, int id) => new()
    {
        ["id"] = id,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = false,
    };

    private static Vocabulary FromTokenizer(string path)
    {
        JsonObject root = JsonFile.Read(path);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        switch (root["model"]?["vocab"])
        {
            case JsonObject map:
                AddIds(path, map, ids);
                break;
            case JsonArray pieces:
                for (int i = 0; i < pieces.Count; i++) ids.TryAdd(JsonFile.TextOf((pieces[i] as JsonArray)?[0]) ?? throw new MergeException($"{path}: entry {i} of the vocabulary is no pair of a text and a score."), i);
                break;
            default:
                throw new MergeException($"{path}: there is no 'vocab' in 'model'.");
        }

        var added = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (JsonObject entry in (root["added_tokens"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (JsonFile.TextOf(entry["content"]) is not { } token || JsonFile.IntegerOf(entry["id"]) is not { } id) throw new MergeException($"{path}: an added token has no 'content' or no 'id'.");
            (ids[token], added[token]) = (id, (JsonObject)entry.DeepClone());
        }

        return new(ids, added);
    }

    private static void AddIds(string path, JsonObject map, Dictionary<string, int> ids)
    {
        foreach ((string token, JsonNode? node) in map) ids[token] = JsonFile.IntegerOf(node) is >= 0 and var id ? id : throw new MergeException($"{path}: token '{token}' has no id of 0 or more.");
    }
}
