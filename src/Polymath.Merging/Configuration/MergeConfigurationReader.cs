using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Polymath.Merging.Configuration;

/// <summary>Reads mergekit's YAML. Keys that have no effect are warned of; what cannot be meant is refused with file and line.</summary>
internal static class MergeConfigurationReader
{
    private static readonly string[] ModelKinds = ["models", "slices", "modules"];
    private static readonly string[] TopKeys = ["name", "merge_method", "models", "slices", "modules", "base_model", "parameters", "dtype", "out_dtype", "tokenizer_source", "tokenizer", "chat_template"];

    /// <summary>All documents of a text.</summary>
    public static IReadOnlyList<MergeConfiguration> Read(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            throw new MergeException($"{file}, line {exception.Start.Line}: not valid YAML ({(exception.InnerException?.Message ?? exception.Message).TrimEnd('.')}).", exception);
        }

        YamlDocument[] documents = [.. stream.Documents.Where(document => !YamlMap.IsNull(document.RootNode))];
        if (documents.Length == 0) throw new MergeException($"{file}: the configuration is empty, expected merge_method and models or slices.");
        string[] texts = documents.Length == 1 ? [text] : Split(text);
        return [.. documents.Select((document, index) => Document(document.RootNode, texts.Length == documents.Length ? texts[index] : text, file))];
    }

    private static MergeConfiguration Document(YamlNode root, string text, string file)
    {
        var context = new YamlDocumentContext(file);
        var map = new YamlMap(root, "a merge", context);
        map.WarnOfOtherKeysThan(TopKeys);
        string method = map.Text("merge_method") ?? throw context.Error(root, $"merge_method is missing; give one of {string.Join(", ", Methods.MergeMethods.All.Select(known => known.Name))}");
        string[] given = [.. ModelKinds.Where(key => map[key] is not null)];
        if (given.Length != 1) throw context.Error(given.Length == 0 ? root : map[given[1]]!, $"found {(given.Length == 0 ? "none" : string.Join(" and ", given))} of models, slices and modules, expected exactly one{(given.Length == 0 && context.Warnings.Count > 0 ? $" (see also {context.Warnings[0].TrimEnd('.')})" : string.Empty)}");
        ModelReference? theta0 = map["base_model"] is { } node ? Reference(node, context) : null;
        return new MergeConfiguration
        {
            Name = map.Text("name"),
            Method = method,
            Line = map.LineOf("merge_method"),
            File = file,
            Text = text,
            BaseModel = theta0,
            Parameters = ParameterReader.Read(map["parameters"], "the merge", context),
            Type = Type(map, "dtype", context),
            OutputType = Type(map, "out_dtype", context),
            Models = map.List("models") is { } models ? Models(models, root, context) : null,
            Slices = map.List("slices") is { } slices ? Slices(slices, map["slices"]!, context) : null,
            Modules = map["modules"] is { } modules ? Modules(modules, context) : null,
            Tokenizer = TokenizerReader.Read(map, context),
            ChatTemplate = TokenizerReader.ChatTemplate(map, context),
            Warnings = context.Warnings,
        };
    }

    private static Tensors.Safetensors.SafetensorsType? Type(YamlMap map, string key, YamlDocumentContext context)
        => map.Text(key) is { } name ? context.At(map[key]!, () => ElementTypes.Parse(name)) : null;

    private static ModelEntry[] Models(IReadOnlyList<YamlNode> nodes, YamlNode parent, YamlDocumentContext context)
    {
        if (nodes.Count == 0) throw context.Error(parent, "the list of models is empty, expected one model or more");
        ModelEntry[] entries = [.. nodes.Select(node => Model(node, false, context))];
        return Distinct(entries, "the models", context);
    }

    private static ModelEntry Model(YamlNode node, bool slice, YamlDocumentContext context)
    {
        var map = new YamlMap(node, slice ? "a source" : "a model", context);
        map.WarnOfOtherKeysThan(slice ? ["model", "layer_range", "parameters"] : ["model", "parameters"]);
        ModelReference model = Reference(map["model"] ?? throw context.Error(node, $"{map.What} has no 'model'"), context);
        LayerRange? layers = null;
        if (slice)
        {
            IReadOnlyList<YamlNode> bounds = map.List("layer_range") ?? throw context.Error(node, $"model '{model}' has no 'layer_range', expected [first, last + 1]");
            int[] numbers = [.. bounds.Select(bound => bound is YamlScalarNode scalar && ParameterReader.Scalar(scalar) is double number && number == Math.Floor(number) && Math.Abs(number) < int.MaxValue ? (int)number : -1)];
            if (numbers.Length != 2 || numbers[0] < 0 || numbers[1] <= numbers[0]) throw context.Error(map["layer_range"]!, $"the layer_range of model '{model}' is [{string.Join(", ", bounds)}], expected [first, last + 1] with 0 <= first <= last");
            layers = new(numbers[0], numbers[1]);
        }

        return new(model, layers, ParameterReader.Read(map["parameters"], $"model '{model}'", context), node.Start.Line);
    }

    private static SliceEntry[] Slices(IReadOnlyList<YamlNode> nodes, YamlNode parent, YamlDocumentContext context)
    {
        if (nodes.Count == 0) throw context.Error(parent, "the list of slices is empty, expected one slice or more");
        return [.. nodes.Select(node => Slice(node, context))];
    }

    private static SliceEntry Slice(YamlNode node, YamlDocumentContext context)
    {
        var map = new YamlMap(node, "a slice", context);
        map.WarnOfOtherKeysThan("sources", "base_model", "parameters", "residual_weight");
        if (map["residual_weight"] is not null) context.Warn(node, "'residual_weight' of a slice has no effect");
        IReadOnlyList<YamlNode> nodes = map.List("sources") ?? throw context.Error(node, "a slice has no 'sources'");
        if (nodes.Count == 0) throw context.Error(node, "the sources of a slice are empty, expected one model or more");
        ModelEntry[] sources = Distinct([.. nodes.Select(source => Model(source, true, context))], "the sources of a slice", context);
        ModelEntry? odd = sources.FirstOrDefault(source => source.Layers!.Value.Length != sources[0].Layers!.Value.Length);
        if (odd is not null) throw new MergeException($"{context.File}, line {odd.Line}: model '{odd.Model}' gives {odd.Layers!.Value.Length} layers {odd.Layers} to a slice and model '{sources[0].Model}' {sources[0].Layers!.Value.Length} {sources[0].Layers}, expected the same number.");
        return new(sources, map["base_model"] is { } theta0 ? Reference(theta0, context) : null, ParameterReader.Read(map["parameters"], "a slice", context), node.Start.Line);
    }

    private static ModuleEntry[] Modules(YamlNode node, YamlDocumentContext context)
    {
        var all = new YamlMap(node, "the modules", context);
        if (!all.Keys.Any()) throw context.Error(node, "the modules are empty, expected one module or more");
        return [.. all.Keys.Select(name =>
        {
            var map = new YamlMap(all[name] ?? throw context.Error(node, $"module '{name}' is empty, expected models or slices"), $"module '{name}'", context);
            map.WarnOfOtherKeysThan("models", "slices", "parameters");
            IReadOnlyList<YamlNode>? models = map.List("models"), slices = map.List("slices");
            if (models is null == slices is null) throw context.Error(map.Node, $"module '{name}' has {(models is null ? "neither models nor" : "both models and")} slices, expected exactly one of them");
            return new ModuleEntry(name, models is null ? null : Models(models, map.Node, context), slices is null ? null : Slices(slices, map.Node, context), ParameterReader.Read(map["parameters"], $"module '{name}'", context), map.Line);
        })];
    }

    // The same model twice would be one entry of a dictionary elsewhere: the first's parameters would be lost without a word.
    private static ModelEntry[] Distinct(ModelEntry[] entries, string what, YamlDocumentContext context)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            int first = Array.FindIndex(entries, entry => entry.Model == entries[i].Model);
            if (first < i) throw new MergeException($"{context.File}, line {entries[i].Line}: model '{entries[i].Model}' is listed twice in {what} (first in line {entries[first].Line}), expected once; add up its weights instead.");
        }

        return entries;
    }

    /// <summary>A reference as text or as a mapping.</summary>
    internal static ModelReference Reference(YamlNode node, YamlDocumentContext context)
    {
        if (node is YamlScalarNode scalar) return context.At(node, () => ModelReference.Parse(scalar.Value ?? string.Empty));
        var map = new YamlMap(node, "a model reference", context);
        if (map["path"] is not null) return new(PathOf(node, context));
        map.WarnOfOtherKeysThan("model", "lora", "override_architecture");
        return new(PathOf(map["model"] ?? throw context.Error(node, "a model reference has no 'model'"), context), map["lora"] is { } lora ? PathOf(lora, context) : null, map.Text("override_architecture"));
    }

    private static ModelPath PathOf(YamlNode node, YamlDocumentContext context)
    {
        if (node is YamlScalarNode scalar) return context.At(node, () => ModelPath.Parse(scalar.Value ?? string.Empty));
        var map = new YamlMap(node, "a model path", context);
        map.WarnOfOtherKeysThan("path", "revision");
        return new(map.Text("path") ?? throw context.Error(node, "a model path has no 'path'"), map.Text("revision"));
    }

    private static string[] Split(string text)
    {
        var parts = new List<string>();
        var part = new List<string>();
        foreach (string line in text.Split('\n').Append("---"))
        {
            if (line.TrimEnd() is not "---")
            {
                part.Add(line);
                continue;
            }

            string document = string.Join('\n', part);
            if (document.Split('\n').Any(content => content.Trim().Length > 0 && !content.TrimStart().StartsWith('#'))) parts.Add(document);
            part.Clear();
        }

        return [.. parts];
    }
}
