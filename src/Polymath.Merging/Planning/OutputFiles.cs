using System.Text.Json;
using System.Text.Json.Nodes;
using Polymath.Merging.Architectures;
using Polymath.Merging.Checkpoints;
using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;
using Polymath.Merging.Tokenizers;

namespace Polymath.Merging.Planning;

/// <summary>The small files of the output: config.json, the tokenizer's, the model card and the configuration.</summary>
internal sealed class OutputFiles(MergeConfiguration configuration, PlanOptions options, MergeMethod method, ModelSet models, SourceModel leading, TokenizerPlan? tokenizer, List<string> warnings)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] TokenizerFiles =
    [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt", "tokenizer.model",
        "spiece.model", "sentencepiece.bpe.model", "chat_template.jinja", "chat_template.json",
    ];

    // What other forms of a tokenizer say is no longer true when tokens are added to it, and a template stands in tokenizer_config.json.
    private static readonly string[] KeptWithNewTokens = ["special_tokens_map.json"];
    private static readonly string[] TemplateFiles = ["chat_template.jinja", "chat_template.json"];

    private static readonly string[] Others =
    [
        "generation_config.json", "preprocessor_config.json", "processor_config.json", "modules.json", "config_sentence_transformers.json", "sentence_bert_config.json", "1_Pooling/config.json",
    ];

    /// <summary>All files.</summary>
    public IReadOnlyList<PlannedFile> Plan(IReadOnlyList<PlannedModule> modules, IReadOnlyList<PlannedTensor> tensors)
    {
        var files = new List<PlannedFile>();
        if (leading.Checkpoint.Config is { } config) files.Add(new(Checkpoint.ConfigFile, null, Config((JsonObject)config.DeepClone(), modules, tensors)));
        if (leading.Checkpoint.Folder is { } folder)
        {
            AddCopies(files, folder, Others);
            if (options.CopyTokenizer) AddTokenizer(files, tokenizer?.Folder ?? folder);
        }

        if (!options.WriteModelCard) return files;
        files.Add(new("README.md", null, ModelCard.Write(configuration, method, options.OutputName, models)));
        files.Add(new("mergekit_config.yml", null, configuration.Text));
        return files;
    }

    private void AddTokenizer(List<PlannedFile> files, string folder)
    {
        string? template = null;
        if (configuration.ChatTemplate is { } name)
        {
            template = ChatTemplates.Resolve(name, models.All.OrderByDescending(model => model == leading).Select(model => model.Checkpoint.Folder).OfType<string>());
            if (template is null) warnings.Add($"{configuration.File}: no model has a chat template, so chat_template: {name} has no effect.");
        }

        bool changed = tokenizer is { IsUnchanged: false };
        IEnumerable<string> copied = changed ? KeptWithNewTokens : TokenizerFiles;
        if (template is not null) copied = copied.Except(TemplateFiles);
        else if (changed) copied = copied.Concat(TemplateFiles);
        if (changed) files.Add(new(Vocabulary.TokenizerFile, null, tokenizer!.Tokenizer()));
        bool config = template is not null || (changed && File.Exists(Path.Combine(folder, OutputTokenizer.ConfigFile)));
        if (config) files.Add(new(OutputTokenizer.ConfigFile, null, OutputTokenizer.Config(folder, changed ? tokenizer!.Alignment.Output : null, template)));
        AddCopies(files, folder, copied.Where(file => !config || file != OutputTokenizer.ConfigFile));
    }

    private static void AddCopies(List<PlannedFile> files, string folder, IEnumerable<string> names)
        => files.AddRange(names.Select(name => new PlannedFile(name, Path.Combine(folder, name), null)).Where(file => File.Exists(file.CopyOf)));

    private string Config(JsonObject config, IReadOnlyList<PlannedModule> modules, IReadOnlyList<PlannedTensor> tensors)
    {
        foreach (PlannedModule module in modules) ModelConfig.SetLayers(config, module.Naming.Architecture.Layers, [.. module.Slices.SelectMany(slice => Enumerable.Range(slice.Leading.FirstLayer, slice.Layers))]);
        if ((configuration.OutputType ?? configuration.Type) is { } type) config[config.ContainsKey("dtype") && !config.ContainsKey("torch_dtype") ? "dtype" : "torch_dtype"] = ElementTypes.NameOf(type);
        PlannedTensor? embedding = tensors.FirstOrDefault(tensor => leading.Architecture.RoleOf(tensor.Name) == TensorRole.Embedding);
        if (embedding is not null && (tokenizer is not null || ModelConfig.VocabularyOf(config) > embedding.Shape[0])) ModelConfig.SetVocabulary(config, embedding.Shape[0]);
        if (ModelConfig.IsTied(config) == true && tensors.FirstOrDefault(tensor => leading.Architecture.RoleOf(tensor.Name) == TensorRole.Head && tensor.Name.EndsWith(".weight", StringComparison.Ordinal)) is { } head && leading.Checkpoint.Find(head.Name) is null)
        {
            config["tie_word_embeddings"] = false;
            warnings.Add($"model '{leading.Name}' uses its embedding as head, another model has a head '{head.Name}' of its own; the output has a head of its own.");
        }

        return config.ToJsonString(Indented) + "\n";
    }
}
