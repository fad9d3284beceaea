using System.Globalization;
using System.Text.Json;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Benchmarks.Merging;

/// <summary>Writes checkpoints of one architecture with the names and shapes of Llama and random bf16 weights: a base and fine-tunes that differ from it a little.</summary>
/// <param name="folder">Where the models go, a folder each.</param>
/// <param name="layers">Number of layers: 4 for 1 GB, 23 for 4 GB, 48 for 8 GB.</param>
internal sealed class LlamaFamily(string folder, int layers)
{
    private const int Hidden = 2560, Intermediate = 6912, Vocabulary = 32000, Shards = 8;
    private const float Scale = 0.05f, Change = 0.004f;

    /// <summary>Bytes of one model's tensors.</summary>
    public long Bytes => Tensors().Sum(tensor => tensor.Shape.Aggregate(2L, static (bytes, axis) => bytes * axis));

    /// <summary>A model's folder; it is written unless it is there already.</summary>
    /// <param name="name">The model: "base" or the name of a fine-tune.</param>
    public string Require(string name)
    {
        string path = Path.Combine(folder, name);
        if (Directory.Exists(path)) return path;
        Directory.CreateDirectory(path + ".new");
        (string Name, long[] Shape)[] all = [.. Tensors()];
        var shards = new List<List<(string Name, long[] Shape)>> { new() };
        long held = 0;
        foreach ((string Name, long[] Shape) tensor in all)
        {
            if (held > Bytes / Shards && shards.Count < Shards)
            {
                shards.Add([]);
                held = 0;
            }

            shards[^1].Add(tensor);
            held += tensor.Shape.Aggregate(2L, static (bytes, axis) => bytes * axis);
        }

        var index = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < shards.Count; i++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors");
            foreach ((string tensor, _) in shards[i]) index[tensor] = file;
            SafetensorsWriter.Write(Path.Combine(path + ".new", file), shards[i].Select(tensor => new SafetensorsEntry(tensor.Name, SafetensorsType.BF16, tensor.Shape, stream => Write(stream, name, tensor.Name, tensor.Shape))), new Dictionary<string, string> { ["format"] = "pt" });
        }

        File.WriteAllText(Path.Combine(path + ".new", "model.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { total_size = Bytes }, weight_map = index }));
        File.WriteAllText(Path.Combine(path + ".new", "config.json"), JsonSerializer.Serialize(new { architectures = (string[])["LlamaForCausalLM"], model_type = "llama", hidden_size = Hidden, intermediate_size = Intermediate, num_hidden_layers = layers, num_attention_heads = 20, num_key_value_heads = 20, vocab_size = Vocabulary, tie_word_embeddings = false, torch_dtype = "bfloat16" }));
        Directory.Move(path + ".new", path);
        return path;
    }

    private IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
            yield return (prefix + "input_layernorm.weight", [Hidden]);
            foreach (string projection in (string[])["q", "k", "v", "o"]) yield return ($"{prefix}self_attn.{projection}_proj.weight", [Hidden, Hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [Hidden]);
            yield return (prefix + "mlp.gate_proj.weight", [Intermediate, Hidden]);
            yield return (prefix + "mlp.up_proj.weight", [Intermediate, Hidden]);
            yield return (prefix + "mlp.down_proj.weight", [Hidden, Intermediate]);
        }

        yield return ("model.norm.weight", [Hidden]);
        yield return ("lm_head.weight", [Vocabulary, Hidden]);
    }

    private static void Write(Stream stream, string model, string tensor, long[] shape)
    {
        RandomStream weights = new RandomStream(1).Derive(tensor), changes = new RandomStream(2).Derive($"{model}\n{tensor}");
        float[] values = new float[1 << 18], change = new float[values.Length];
        byte[] bytes = new byte[2 * values.Length];
        for (long left = shape.Aggregate(1L, static (product, axis) => product * axis); left > 0; left -= values.Length)
        {
            int count = (int)Math.Min(left, values.Length);
            weights.FillUniform(values.AsSpan(0, count), -Scale, Scale);
            if (model != "base")
            {
                changes.FillUniform(change.AsSpan(0, count), -Change, Change);
                for (int i = 0; i < count; i++) values[i] += change[i];
            }

            ElementWriting.ToBytes(values.AsSpan(0, count), SafetensorsType.BF16, bytes.AsSpan(0, 2 * count));
            stream.Write(bytes, 0, 2 * count);
        }
    }
}
