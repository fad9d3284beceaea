using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Configuration;

/// <summary>A merge as its author wrote it: mergekit's YAML, read unchanged.</summary>
/// <example><code>
/// MergeConfiguration configuration = MergeConfiguration.Load("merge.yml");
/// using MergePlan plan = MergePlanner.Plan(configuration, new PlanOptions());
/// </code></example>
public sealed record MergeConfiguration
{
    /// <summary>The name of a stage of a merge in several stages; null for the final one.</summary>
    public string? Name { get; init; }

    /// <summary>The method's name.</summary>
    public required string Method { get; init; }

    /// <summary>Whole models, or null.</summary>
    public IReadOnlyList<ModelEntry>? Models { get; init; }

    /// <summary>Slices of layers, or null.</summary>
    public IReadOnlyList<SliceEntry>? Slices { get; init; }

    /// <summary>Parts of a model of several parts, or null.</summary>
    public IReadOnlyList<ModuleEntry>? Modules { get; init; }

    /// <summary>The base model, or null.</summary>
    public ModelReference? BaseModel { get; init; }

    /// <summary>What is set for the whole merge.</summary>
    public ParameterTable Parameters { get; init; } = ParameterTable.Empty;

    /// <summary>The type that is computed in and, without <see cref="OutputType"/>, stored; null for that of the inputs.</summary>
    public SafetensorsType? Type { get; init; }

    /// <summary>The type that is stored, or null.</summary>
    public SafetensorsType? OutputType { get; init; }

    /// <summary>How the vocabulary is made; null to copy the tokenizer of the base or the first model.</summary>
    public TokenizerSettings? Tokenizer { get; init; }

    /// <summary>The chat template: <c>auto</c>, a known name or its Jinja text; null to leave it.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The file's name, for messages.</summary>
    public string File { get; init; } = "configuration";

    /// <summary>The YAML text of this document.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>The line of the method, from 1; 0 for a configuration that was not read.</summary>
    public long Line { get; init; }

    /// <summary>What the reader found that its author may not expect, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads a file of one merge.</summary>
    /// <param name="path">A YAML file.</param>
    /// <exception cref="MergeException">The file is missing, not YAML, or breaks a rule; file and line are named.</exception>
    public static MergeConfiguration Load(string path) => Single(LoadAll(path), path);

    /// <summary>Reads a file of one merge or of several stages.</summary>
    /// <param name="path">A YAML file of one document or more.</param>
    /// <exception cref="MergeException">The file is missing, not YAML, or breaks a rule; file and line are named.</exception>
    public static IReadOnlyList<MergeConfiguration> LoadAll(string path)
    {
        try
        {
            return MergeConfigurationReader.Read(System.IO.File.ReadAllText(path), Path.GetFileName(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MergeException($"{path}: the configuration cannot be read ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    /// <summary>Reads the text of one merge.</summary>
    /// <param name="yaml">The YAML.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="MergeException">Not YAML, or a rule is broken; file and line are named.</exception>
    public static MergeConfiguration Parse(string yaml, string file = "configuration") => Single(MergeConfigurationReader.Read(yaml, file), file);

    /// <summary>Every entry that names a model, of models, slices and modules.</summary>
    public IEnumerable<ModelEntry> Entries => Of(Models, Slices).Concat((Modules ?? []).SelectMany(module => Of(module.Models, module.Slices)));

    private static IEnumerable<ModelEntry> Of(IReadOnlyList<ModelEntry>? models, IReadOnlyList<SliceEntry>? slices) => (models ?? []).Concat((slices ?? []).SelectMany(slice => slice.Sources));

    private static MergeConfiguration Single(IReadOnlyList<MergeConfiguration> all, string file)
        => all.Count == 1 ? all[0] : throw new MergeException($"{file}: found {all.Count} documents, expected one merge; a merge in several stages is planned stage by stage.");

    /// <summary>Where a line of the file is, for messages.</summary>
    internal string At(long line) => line > 0 ? $"{File}, line {line}" : File;
}
