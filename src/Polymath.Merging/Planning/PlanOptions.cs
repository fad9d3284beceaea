using Polymath.Merging.Blending;

namespace Polymath.Merging.Planning;

/// <summary>What a plan depends on beside the configuration.</summary>
public sealed record PlanOptions
{
    /// <summary>Finds the models that the configuration names.</summary>
    public ModelLocator Locator { get; init; } = new();

    /// <summary>Allows models of different architectures, as far as their tensors have the same names and shapes.</summary>
    public bool AllowCrimes { get; init; }

    /// <summary>Rounds to the type of <c>dtype</c> (or of the files) after every step, as mergekit does, instead of once at the end.</summary>
    public bool MergekitRounding { get; init; }

    /// <summary>Lets karcher average in a base model that is not listed among its models, as mergekit does.</summary>
    public bool IncludeUnlistedBase { get; init; }

    /// <summary>Which tensors the output has when not every model has the same.</summary>
    public TensorSelection Tensors { get; init; }

    /// <summary>Copies the tokenizer's files to the output.</summary>
    public bool CopyTokenizer { get; init; } = true;

    /// <summary>Writes README.md and mergekit_config.yml.</summary>
    public bool WriteModelCard { get; init; } = true;

    /// <summary>The output's name in the model card.</summary>
    public string OutputName { get; init; } = "merged model";

    /// <summary>Settings that do not come from the configuration: random draws, rescaling, where warnings go. The rounding is set by the plan.</summary>
    public MergeSettings Settings { get; init; } = MergeSettings.Default;
}
