using System.Globalization;
using System.Text.Json;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests;

/// <summary>Small checkpoints with the names of Llama: a base and fine-tunes of it.</summary>
internal static class MergeModels
{
    /// <summary>Writes a model into a folder of the given name.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">"base", or a fine-tune of it.</param>
    /// <param name="hidden">Width; 8 makes a few kilobytes, 256 some megabytes.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="shards">Files; the tensors are dealt out in turn.</param>
    /// <param name="change">Changes the values of a tensor before they are written.</param>
    public static string Write(TemporaryFolder folder, string name, int hidden = 8, int layers = 3, int shards = 1, Action<string, float[]>? change = null)
    {
        string path = folder[name];
        Directory.CreateDirectory(path);
        var entries = new List<SafetensorsEntry>();
        foreach ((string tensor, long[] shape) in Shapes(hidden, layers))
        {
            float[] values = new float[shape.Aggregate(1L, (product, axis) => product * axis)], moved = new float[values.Length];
            new RandomStream(5).Derive(tensor).FillNormal(values);
            if (name != "base")
            {
                new RandomStream(6).Derive(name + tensor).FillNormal(moved, deviation: 0.1f);
                for (int i = 0; i < values.Length; i++) values[i] += moved[i];
            }

            change?.Invoke(tensor, values);
            entries.Add(SafetensorsEntry.FromFloat32(tensor, shape, values));
        }

        File.WriteAllText(Path.Combine(path, "config.json"), string.Create(CultureInfo.InvariantCulture, $$"""{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{hidden}}, "num_hidden_layers": {{layers}}, "vocab_size": 16, "torch_dtype": "float32"}"""));
        if (shards == 1)
        {
            SafetensorsWriter.Write(Path.Combine(path, "model.safetensors"), entries);
            return path;
        }

        var index = new Dictionary<string, string>();
        for (int shard = 0; shard < shards; shard++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"model-{shard + 1:D5}-of-{shards:D5}.safetensors");
            SafetensorsEntry[] part = [.. entries.Where((_, i) => i % shards == shard)];
            foreach (SafetensorsEntry entry in part) index[entry.Name] = file;
            SafetensorsWriter.Write(Path.Combine(path, file), part);
        }

        File.WriteAllText(Path.Combine(path, "model.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = index }));
        return path;
    }

    /// <summary>A base and two fine-tunes.</summary>
    public static void WriteFamily(TemporaryFolder folder, int hidden = 8, int layers = 3)
    {
        foreach (string name in (string[])["base", "a", "b"]) Write(folder, name, hidden, layers);
    }

    private static IEnumerable<(string, long[])> Shapes(int hidden, int layers)
    {
        yield return ("model.embed_tokens.weight", [16, hidden]);
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
            yield return (prefix + "self_attn.q_proj.weight", [hidden, hidden]);
            yield return (prefix + "mlp.up_proj.weight", [2 * hidden, hidden]);
            yield return (prefix + "input_layernorm.weight", [hidden]);
        }

        yield return ("model.norm.weight", [hidden]);
        yield return ("lm_head.weight", [16, hidden]);
    }
}
