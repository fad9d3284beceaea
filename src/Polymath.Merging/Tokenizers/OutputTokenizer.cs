using System.Text.Json;
using System.Text.Json.Nodes;
using Polymath.Merging.Checkpoints;

namespace Polymath.Merging.Tokenizers;

/// <summary>Writes the tokenizer files of a merged vocabulary: those of one model with the tokens that it lacks.</summary>
internal static class OutputTokenizer
{
    internal const string ConfigFile = "tokenizer_config.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of tokenizer.json.</summary>
    /// <param name="folder">The model whose tokenizer is extended.</param>
    /// <param name="others">The folders of the other models, whose merge rules are added.</param>
    /// <param name="output">The output's vocabulary.</param>
    /// <exception cref="MergeException">The model has no tokenizer.json.</exception>
    public static string Tokenizer(string folder, IEnumerable<string> others, Vocabulary output)
    {
        string path = Path.Combine(folder, Vocabulary.TokenizerFile);
        if (!File.Exists(path)) throw new MergeException($"model '{folder}' has no {Vocabulary.TokenizerFile}, which a tokenizer with other tokens is made from; convert its tokenizer first, or use tokenizer_source: base.");
        JsonObject root = JsonFile.Read(path), model = (JsonObject)root["model"]!;
        Dictionary<string, JsonObject> added = new(output.Added, StringComparer.Ordinal);
        if (model["vocab"] is JsonObject vocabulary)
        {
            var all = new JsonObject();
            foreach ((string token, int id) in output.Ids.Where(entry => !added.ContainsKey(entry.Key) || vocabulary.ContainsKey(entry.Key)).OrderBy(entry => entry.Value)) all[token] = id;
            model["vocab"] = all;
            AddMerges(model, others, output);
        }
        else if (model["vocab"] is JsonArray pieces)
        {
            // In a list of pieces the position is the id, so new tokens stand beside the list.
            HashSet<string> known = new(pieces.Select(piece => JsonFile.TextOf((piece as JsonArray)?[0]) ?? string.Empty), StringComparer.Ordinal);
            foreach ((string token, int id) in output.Ids.Where(entry => !known.Contains(entry.Key))) added.TryAdd(token, Vocabulary.Settings(token, id));
        }

        root["added_tokens"] = new JsonArray([.. added.OrderBy(entry => output.Ids[entry.Key]).Select(entry => entry.Value.DeepClone())]);
        return root.ToJsonString(Indented) + "\n";
    }

    /// <summary>The text of tokenizer_config.json with the added tokens of the output and a chat template.</summary>
    /// <param name="folder">The model whose file is extended.</param>
    /// <param name="output">The output's vocabulary, or null when it is the model's own.</param>
    /// <param name="template">The chat template, or null to leave it.</param>
    public static string Config(string folder, Vocabulary? output, string? template)
    {
        string path = Path.Combine(folder, ConfigFile);
        JsonObject root = File.Exists(path) ? JsonFile.Read(path) : [];
        if (output is not null && root["added_tokens_decoder"] is JsonObject)
        {
            var decoder = new JsonObject();
            foreach ((string token, JsonObject settings) in output.Added.OrderBy(entry => output.Ids[entry.Key]))
            {
                var entry = (JsonObject)settings.DeepClone();
                entry.Remove("id");
                decoder[output.Ids[token].ToString(System.Globalization.CultureInfo.InvariantCulture)] = entry;
            }

            root["added_tokens_decoder"] = decoder;
        }

        if (template is not null) root["chat_template"] = template;
        return root.ToJsonString(Indented) + "\n";
    }

    // Rules of other models come behind the model's own, so its own texts are cut as before; a rule that makes a token that is left out goes with it.
    private static void AddMerges(JsonObject model, IEnumerable<string> others, Vocabulary output)
    {
        if (model["merges"] is not JsonArray merges) return;
        bool pairs = merges.Count > 0 && merges[0] is JsonArray;
        HashSet<(string Left, string Right)> known = [];
        var rules = new JsonArray();
        foreach (JsonArray list in others.Select(folder => Path.Combine(folder, Vocabulary.TokenizerFile)).Where(File.Exists).Select(path => JsonFile.Read(path)["model"]?["merges"]).OfType<JsonArray>().Prepend(merges))
        {
            foreach ((string left, string right) in list.Select(Rule))
            {
                if (!output.Ids.ContainsKey(left + right) || !known.Add((left, right))) continue;
                if (pairs) rules.Add((JsonNode)new JsonArray(left, right));
                else rules.Add((JsonNode)$"{left} {right}");
            }
        }

        model["merges"] = rules;
    }

    private static (string Left, string Right) Rule(JsonNode? node)
    {
        if (node is JsonArray { Count: 2 } pair) return (JsonFile.TextOf(pair[0]) ?? string.Empty, JsonFile.TextOf(pair[1]) ?? string.Empty);
        string text = JsonFile.TextOf(node) ?? string.Empty;
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (text, string.Empty) : (text[..space], text[(space + 1)..]);
    }
}
