using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Adapters;

/// <summary>How an adapter is taken out of a fine-tuned model.</summary>
public sealed record LoraExtractionOptions
{
    /// <summary>The largest rank of a module's factors.</summary>
    public int MaximumRank { get; init; } = 128;

    /// <summary>Singular values up to this are left out; 0 keeps all that are not zero.</summary>
    public double SingularValueThreshold { get; init; }

    /// <summary>Whether changed tensors that are no matrices of modules (norms, biases) are saved in full; otherwise their changes are lost.</summary>
    public bool SaveOthers { get; init; } = true;

    /// <summary>The stored type of the factors.</summary>
    public SafetensorsType Type { get; init; } = SafetensorsType.F32;

    /// <summary>The name of the base model in adapter_config.json; null for the folder's.</summary>
    public string? BaseName { get; init; }
}
