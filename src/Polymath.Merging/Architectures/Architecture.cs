using System.Text.Json.Nodes;

namespace Polymath.Merging.Architectures;

/// <summary>
/// How a model's tensors are arranged, found from their names: one stack of layers <c>prefix.N.suffix</c>, and tensors before and behind it.
/// No list of architectures is needed, so a new one works as long as it names its layers by number.
/// </summary>
/// <example><code>
/// Architecture llama = Architecture.Of("model", checkpoint.Names, checkpoint.Config);
/// llama.RoleOf("model.embed_tokens.weight")   // TensorRole.Embedding
/// </code></example>
public sealed class Architecture
{
    private static readonly string[] EmbeddingNames = ["embed_tokens", "wte", "word_embeddings", "tok_embeddings", "token_embedding", "embed_in", "shared", "tokens_embed"];
    private static readonly string[] HeadNames = ["lm_head", "embed_out", "lm_head.decoder", "cls.predictions", "cls.predictions.decoder", "predictions.decoder"];
    private static readonly string[] InputMarks = ["embed", "wpe", "patch", "cls_token", "class_token", "position", "pos_", "stem"];
    private static readonly string[] OptionalMarks = ["rotary_emb.inv_freq", "position_ids", "token_type_ids", "masked_bias", "attn.bias", "pooler."];
    private readonly int _digits;

    private Architecture(string name, string? prefix, int layers)
    {
        (Name, LayerPrefix, Layers) = (name, prefix, layers);
        _digits = prefix?.Length ?? 0;
    }

    /// <summary>The name in config.json, or <c>unknown</c>.</summary>
    public string Name { get; }

    /// <summary>What stands before a layer's number, such as <c>model.layers.</c>; null without a stack of layers.</summary>
    public string? LayerPrefix { get; }

    /// <summary>Number of layers; 0 without a stack of layers.</summary>
    public int Layers { get; }

    /// <summary>Finds the arrangement of a model.</summary>
    /// <param name="model">The model, for messages.</param>
    /// <param name="names">Its tensors.</param>
    /// <param name="config">Its config.json, or null.</param>
    /// <param name="overrideName">A name that replaces the one in config.json, or null.</param>
    /// <exception cref="MergeException">config.json has more layers than there are tensors for.</exception>
    public static Architecture Of(string model, IEnumerable<string> names, JsonObject? config, string? overrideName = null)
    {
        int? configured = ModelConfig.LayersOf(config);
        var stacks = names.Select(name => TryNumber(name, out string? prefix, out int index) ? (Prefix: prefix!, Index: index) : (Prefix: string.Empty, Index: -1)).Where(entry => entry.Index >= 0)
            .GroupBy(entry => entry.Prefix, StringComparer.Ordinal)
            .Select(group => (Prefix: group.Key, Count: group.Select(entry => entry.Index).Distinct().Count(), Largest: group.Max(entry => entry.Index), Tensors: group.Count()))
            .Where(stack => stack.Count == stack.Largest + 1)
            .OrderByDescending(stack => stack.Count == configured).ThenByDescending(stack => stack.Tensors).ThenBy(stack => stack.Prefix, StringComparer.Ordinal).ToArray();
        string name = overrideName ?? ModelConfig.ArchitectureOf(config) ?? "unknown";
        // Without a configuration a network of several stages (a ResNet's layer1, layer2, ...) has no one stack.
        if (stacks.Length == 0 || (configured is null && stacks.Length > 1 && stacks[0].Tensors < 2 * stacks[1].Tensors)) return new(name, null, 0);
        if (configured > stacks[0].Count) throw new MergeException($"model '{model}': config.json has {configured} layers, but the tensors '{stacks[0].Prefix}N' are those of {stacks[0].Count}; files are missing or of another model.");
        return new(name, stacks[0].Prefix, configured ?? stacks[0].Count);
    }

    /// <summary>What a tensor is.</summary>
    public TensorRole RoleOf(string name)
    {
        if (TryLayer(name, out _, out _)) return TensorRole.Layer;
        if (EmbeddingNames.Any(known => Ends(name, known, ".weight"))) return TensorRole.Embedding;
        if (name == "output.weight" || HeadNames.Any(known => Ends(name, known, ".weight") || Ends(name, known, ".bias"))) return TensorRole.Head;
        return InputMarks.Any(mark => name.Contains(mark, StringComparison.OrdinalIgnoreCase)) ? TensorRole.Input : TensorRole.Output;
    }

    /// <summary>Takes the name of a layer's tensor apart.</summary>
    /// <param name="name">The name.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="suffix">What stands behind the number, such as <c>.mlp.up_proj.weight</c>.</param>
    /// <returns>Whether the tensor belongs to a layer.</returns>
    public bool TryLayer(string name, out int layer, out string suffix)
    {
        ArgumentNullException.ThrowIfNull(name);
        (layer, suffix) = (-1, string.Empty);
        if (LayerPrefix is null || !name.StartsWith(LayerPrefix, StringComparison.Ordinal)) return false;
        int end = _digits;
        while (end < name.Length && char.IsAsciiDigit(name[end])) end++;
        if (!int.TryParse(name.AsSpan(_digits, end - _digits), out layer) || layer >= Layers || (end < name.Length && name[end] != '.')) return false;
        suffix = name[end..];
        return true;
    }

    /// <summary>The name of a layer's tensor.</summary>
    public string LayerName(int layer, string suffix) => $"{LayerPrefix}{layer}{suffix}";

    /// <summary>Whether a model may lack a tensor: buffers that are computed, and poolers.</summary>
    public static bool IsOptional(string name) => OptionalMarks.Any(mark => name.Contains(mark, StringComparison.Ordinal));

    private static bool Ends(string name, string known, string kind)
        => name.EndsWith(kind, StringComparison.Ordinal) && name.AsSpan(0, name.Length - kind.Length).EndsWith(known, StringComparison.Ordinal)
            && (name.Length == known.Length + kind.Length || name[name.Length - known.Length - kind.Length - 1] == '.');

    private static bool TryNumber(string name, out string? prefix, out int index)
    {
        (prefix, index) = (null, -1);
        for (int start = 0; start < name.Length;)
        {
            int end = name.IndexOf('.', start);
            if (end < 0) return false;
            if (int.TryParse(name.AsSpan(start, end - start), System.Globalization.NumberStyles.None, null, out index))
            {
                prefix = name[..start];
                return true;
            }

            start = end + 1;
        }

        return false;
    }
}
