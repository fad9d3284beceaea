using System.Text.Json.Nodes;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

/// <summary>A folder of small models for one test; removed with it.</summary>
internal sealed class TemporaryModels : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("polymath-merge-").FullName;

    /// <summary>Writes a model's folder and gives its path.</summary>
    /// <param name="name">The folder's name.</param>
    /// <param name="tensors">Name, shape and elements.</param>
    /// <param name="config">config.json, or null for none.</param>
    /// <param name="type">The stored type.</param>
    public string Add(string name, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors, JsonObject? config = null, SafetensorsType type = SafetensorsType.F32)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors.Select(tensor => SafetensorsEntry.FromFloat32(tensor.Name, tensor.Shape, tensor.Values, type)));
        if (config is not null) File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        return folder;
    }

    /// <summary>Writes a model of the Llama layout whose elements all have one value.</summary>
    public string AddLlama(string name, float value, int layers = 2, int rows = 5, int width = 2, string architecture = "LlamaForCausalLM", bool head = true)
    {
        var tensors = new List<(string, long[], float[])> { Filled("model.embed_tokens.weight", value, rows, width), Filled("model.norm.weight", value, width) };
        if (head) tensors.Add(Filled("lm_head.weight", value, rows, width));
        for (int i = 0; i < layers; i++)
        {
            tensors.Add(Filled($"model.layers.{i}.self_attn.q_proj.weight", value + (10 * i), width, width));
            tensors.Add(Filled($"model.layers.{i}.mlp.up_proj.weight", value + (10 * i), width, width));
        }

        return Add(name, tensors, Config(layers, rows, architecture));
    }

    public static JsonObject Config(int layers, int vocabulary = 5, string architecture = "LlamaForCausalLM")
        => new() { ["architectures"] = new JsonArray(architecture), ["num_hidden_layers"] = layers, ["vocab_size"] = vocabulary, ["torch_dtype"] = "float32" };

    public static (string Name, long[] Shape, float[] Values) Filled(string name, float value, params long[] shape)
        => (name, shape, [.. Enumerable.Repeat(value, (int)shape.Aggregate(1L, (product, axis) => product * axis))]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
