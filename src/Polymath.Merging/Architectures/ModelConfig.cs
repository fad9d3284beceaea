using System.Text.Json.Nodes;
using Polymath.Merging.Checkpoints;

namespace Polymath.Merging.Architectures;

/// <summary>What a config.json says, whatever its family calls it.</summary>
internal static class ModelConfig
{
    private static readonly string[] LayerKeys = ["num_hidden_layers", "n_layer", "n_layers", "num_layers"];
    private static readonly string[] Sections = ["text_config", "llm_config", "language_config"];
    private const string VocabularyKey = "vocab_size", TiedKey = "tie_word_embeddings";

    /// <summary>The first architecture name, or the model type.</summary>
    public static string? ArchitectureOf(JsonObject? config) => JsonFile.TextOf((config?["architectures"] as JsonArray)?.FirstOrDefault()) ?? JsonFile.TextOf(config?["model_type"]);

    /// <summary>Number of layers.</summary>
    public static int? LayersOf(JsonObject? config) => Find(config, LayerKeys) is var (section, key) ? JsonFile.IntegerOf(section[key]) : null;

    /// <summary>Number of tokens.</summary>
    public static int? VocabularyOf(JsonObject? config) => Find(config, VocabularyKey) is var (section, key) ? JsonFile.IntegerOf(section[key]) : null;

    /// <summary>Whether the output head is the embedding; null when the file does not say.</summary>
    public static bool? IsTied(JsonObject? config) => Find(config, TiedKey) is var (section, key) ? JsonFile.FlagOf(section[key]) : null;

    /// <summary>Sets the number of layers, and takes the entries of kept layers from lists that have one per layer.</summary>
    /// <param name="config">The object to change: itself, or the section of a part, whichever has the number.</param>
    /// <param name="before">The number of layers in the configured model.</param>
    /// <param name="layers">For each output layer its number in the configured model.</param>
    public static void SetLayers(JsonObject config, int before, IReadOnlyList<int> layers)
    {
        if (layers.SequenceEqual(Enumerable.Range(0, before))) return;
        foreach (JsonObject section in config.Select(entry => entry.Value).OfType<JsonObject>().Prepend(config))
        {
            if (LayerKeys.FirstOrDefault(key => JsonFile.IntegerOf(section[key]) == before) is not { } found) continue;
            section[found] = layers.Count;
            foreach (string list in section.Where(entry => entry.Value is JsonArray array && array.Count == before && entry.Key.Contains("layer", StringComparison.Ordinal)).Select(entry => entry.Key).ToArray())
            {
                var array = (JsonArray)section[list]!;
                if (layers.All(layer => layer < array.Count)) section[list] = new JsonArray([.. layers.Select(layer => array[layer]?.DeepClone())]);
            }

            return;
        }
    }

    /// <summary>Sets the number of tokens.</summary>
    public static void SetVocabulary(JsonObject config, long size)
    {
        if (Find(config, VocabularyKey) is var (section, key)) section[key] = size;
        else config[VocabularyKey] = size;
    }

    private static (JsonObject Section, string Key)? Find(JsonObject? config, params string[] keys)
    {
        if (config is null) return null;
        foreach (JsonObject section in Sections.Select(name => config[name]).OfType<JsonObject>().Prepend(config))
        {
            if (keys.FirstOrDefault(key => section[key] is not null) is { } found) return (section, found);
        }

        return null;
    }
}
