using YamlDotNet.RepresentationModel;

namespace Polymath.Merging.Configuration;

/// <summary>A merge of whole models said in a few words, as the configuration it stands for.</summary>
public static class MergeShorthand
{
    /// <summary>The YAML of a merge.</summary>
    /// <param name="method">The method.</param>
    /// <param name="theta0">The base model, or null.</param>
    /// <param name="models">The models: a path, or <c>path:parameter=value,parameter=value</c>.</param>
    /// <param name="parameters">What is set for all, <c>parameter=value</c> each.</param>
    /// <param name="type">The type to compute in and store, or null.</param>
    /// <exception cref="MergeException">A parameter is not written as name=value.</exception>
    public static string ToYaml(string method, string? theta0, IReadOnlyList<string> models, IReadOnlyList<string> parameters, string? type)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(parameters);
        if (models.Count == 0) throw new MergeException("there is no model to merge; give one --model or more.");
        var root = new YamlMappingNode { { "merge_method", method } };
        if (theta0 is not null) root.Add("base_model", theta0);
        root.Add("models", new YamlSequenceNode(models.Select(Model)));
        if (parameters.Count > 0) root.Add("parameters", Parameters(parameters));
        if (type is not null) root.Add("dtype", type);
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        return text.ToString().Replace("...\n", string.Empty, StringComparison.Ordinal);
    }

    // The last colon before an equals sign ends the path, so that a path may hold colons of its own.
    private static YamlMappingNode Model(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal), colon = equals < 0 ? -1 : text.LastIndexOf(':', equals);
        if (colon < 0) return new YamlMappingNode { { "model", text } };
        return new YamlMappingNode { { "model", text[..colon] }, { "parameters", Parameters(text[(colon + 1)..].Split(',')) } };
    }

    private static YamlMappingNode Parameters(IEnumerable<string> pairs)
    {
        var node = new YamlMappingNode();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == pair.Length - 1) throw new MergeException($"found '{pair}', expected parameter=value, such as weight=0.5.");
            node.Children[new YamlScalarNode(pair[..equals].Trim())] = new YamlScalarNode(pair[(equals + 1)..].Trim());
        }

        return node;
    }
}
