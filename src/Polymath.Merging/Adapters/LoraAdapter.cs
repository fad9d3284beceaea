using Polymath.Merging.Checkpoints;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Adapters;

/// <summary>
/// A PEFT LoRA folder (adapter_config.json with adapter_model.safetensors), applied while weights are read: W + s B A for the adapted modules, and
/// the adapter's own tensors for modules that were trained in full.
/// </summary>
/// <remarks>Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022; the layout is that of the PEFT library.</remarks>
/// <example><code>
/// using Checkpoint model = Checkpoint.Open("model");
/// using LoraAdapter adapter = LoraAdapter.Open("adapter", model);
/// SourceTensor adapted = adapter.Find("model.layers.0.self_attn.q_proj.weight")!;
/// </code></example>
public sealed class LoraAdapter : IDisposable
{
    internal const string ConfigFile = "adapter_config.json", WeightFile = "adapter_model.safetensors", TorchWeightFile = "adapter_model.bin";
    private const string Wrapper = "base_model.model.", Saved = "modules_to_save.", Weight = ".weight";

    private readonly Checkpoint _model, _weights;
    private readonly Dictionary<string, SourceTensor> _changed = new(StringComparer.Ordinal);

    private LoraAdapter(string folder, Checkpoint model, Checkpoint weights) => (Path, _model, _weights) = (folder, model, weights);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Every file that is read.</summary>
    public IReadOnlyList<string> Files => [.. _weights.Files, System.IO.Path.Combine(Path, ConfigFile)];

    /// <summary>The tensors that the adapter changes or adds, under the model's names.</summary>
    public IReadOnlyCollection<string> Names => _changed.Keys;

    /// <summary>Opens an adapter for a model.</summary>
    /// <param name="folder">The adapter's folder.</param>
    /// <param name="model">The model; it must stay open.</param>
    /// <exception cref="MergeException">The adapter is incomplete, of another kind, or does not fit the model.</exception>
    public static LoraAdapter Open(string folder, Checkpoint model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string config = System.IO.Path.Combine(folder, ConfigFile), weights = System.IO.Path.Combine(folder, WeightFile);
        if (!File.Exists(config)) throw new MergeException($"adapter '{folder}' has no {ConfigFile}, expected a PEFT folder.");
        string torch = System.IO.Path.Combine(folder, TorchWeightFile);
        if (!File.Exists(weights) && File.Exists(torch)) weights = torch;
        if (!File.Exists(weights)) throw new MergeException($"adapter '{folder}' has no {WeightFile}, expected a PEFT folder with safetensors.");
        var settings = LoraSettings.Read(config);
        var adapter = new LoraAdapter(folder, model, Checkpoint.Open(weights));
        try
        {
            foreach (string name in adapter._weights.Names) adapter.Add(name, settings);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>A tensor of the model with the adapter applied; null when neither holds it.</summary>
    public SourceTensor? Find(string name) => _changed.GetValueOrDefault(name) ?? _model.Find(name);

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private void Add(string name, LoraSettings settings)
    {
        if (IsFactor(name, "lora_B", out _) || IsFactor(name, "lora_embedding_B", out _)) return;
        if (IsFactor(name, "lora_A", out string? module)) AddFactors(module!, _weights.Find(name)!, Other(name, "lora_A", "lora_B"), settings.FanInFanOut, settings);
        else if (IsFactor(name, "lora_embedding_A", out module)) AddFactors(module!, _weights.Find(name)!, Other(name, "lora_embedding_A", "lora_embedding_B"), transposed: true, settings);
        else if (name.Contains("lora_", StringComparison.Ordinal)) throw new MergeException($"adapter '{Path}': tensor '{name}' is of a kind that is not known, expected lora_A, lora_B, lora_embedding_A or lora_embedding_B.");
        else AddWhole(name);
    }

    // base_model.model.MODULE.lora_A.weight, or with the adapter's name behind lora_A as in the memory of PEFT.
    private static bool IsFactor(string name, string kind, out string? module)
    {
        int at = name.IndexOf($".{kind}", StringComparison.Ordinal);
        module = at < 0 ? null : name[(name.StartsWith(Wrapper, StringComparison.Ordinal) ? Wrapper.Length : 0)..at];
        return at >= 0 && (at + kind.Length + 1 == name.Length || name[at + kind.Length + 1] == '.');
    }

    private SourceTensor Other(string name, string kind, string other)
    {
        string wanted = name.Replace($".{kind}", $".{other}", StringComparison.Ordinal);
        return _weights.Find(wanted) ?? throw new MergeException($"adapter '{Path}': tensor '{name}' is there without '{wanted}'.");
    }

    private void AddFactors(string module, SourceTensor a, SourceTensor b, bool transposed, LoraSettings settings)
    {
        string name = NameOf(module + Weight) ?? NameOf(module) ?? throw new MergeException($"adapter '{Path}' changes module '{module}', which model '{_model.Path}' has not; it belongs to another model.");
        SourceTensor weight = _changed.GetValueOrDefault(name) ?? _model.Find(name)!;
        long rank = a.Shape.Count > 0 ? a.Shape[0] : 0;
        if (rank == 0 || a.Shape.Count < 2 || b.Shape.Count < 2 || b.Shape[1] != rank) throw new MergeException($"adapter '{Path}': the factors of module '{module}' have the shapes [{string.Join(", ", a.Shape)}] and [{string.Join(", ", b.Shape)}], expected [r, in] and [out, r].");
        long input = a.Elements / rank, output = b.Elements / rank, rows = weight.Shape.Count == 0 ? 0 : weight.Shape[0];
        if (rows != (transposed ? input : output) || rows * (transposed ? output : input) != weight.Elements)
            throw new MergeException($"adapter '{Path}': the factors of module '{module}' make a weight of [{(transposed ? input : output)}, {(transposed ? output : input)}], but tensor '{name}' of the model has the shape [{string.Join(", ", weight.Shape)}]; it belongs to another model.");
        _changed[name] = new LoraTensor(weight, a, b, transposed, settings.ScaleOf(module, rank));
    }

    private void AddWhole(string name)
    {
        string plain = (name.StartsWith(Wrapper, StringComparison.Ordinal) ? name[Wrapper.Length..] : name).Replace(Saved, string.Empty, StringComparison.Ordinal);
        string target = NameOf(plain) ?? plain;
        SourceTensor tensor = _weights.Find(name)!;
        if (_model.Find(target) is { } before && !before.Shape.SequenceEqual(tensor.Shape) && before.Shape.Count != 2)
            throw new MergeException($"adapter '{Path}': tensor '{name}' has the shape [{string.Join(", ", tensor.Shape)}], but '{target}' of the model [{string.Join(", ", before.Shape)}]; it belongs to another model.");
        _changed[target] = new RenamedTensor(tensor, target);
    }

    // A model that was saved without its task's wrapper has names that lack the first part.
    private string? NameOf(string name)
    {
        if (_model.Find(name) is not null) return name;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 && _model.Find(name[(dot + 1)..]) is not null ? name[(dot + 1)..] : null;
    }
}
