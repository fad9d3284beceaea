using YamlDotNet.RepresentationModel;

namespace Polymath.Merging.Configuration;

/// <summary>Sets one parameter of a configuration for everything, as the text of the configuration: what a search over values does.</summary>
public static class ConfigurationOverride
{
    private const string ParametersKey = "parameters";

    /// <summary>The configuration with a parameter set at the top level and removed everywhere below, where it would take precedence.</summary>
    /// <param name="yaml">The YAML of one merge.</param>
    /// <param name="values">Values by parameter name.</param>
    public static string Apply(string yaml, IReadOnlyDictionary<string, double> values)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        ArgumentNullException.ThrowIfNull(values);
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root) throw new MergeException("a search needs a configuration of one merge, expected one YAML document.");
        Remove(root, values.Keys);
        if (!root.Children.TryGetValue(ParametersKey, out YamlNode? node) || node is not YamlMappingNode parameters) root.Children[ParametersKey] = parameters = new YamlMappingNode();
        foreach ((string name, double value) in values) parameters.Children[name] = new YamlScalarNode(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        return text.ToString().Replace("...\n", string.Empty, StringComparison.Ordinal);
    }

    private static void Remove(YamlNode node, IEnumerable<string> names)
    {
        if (node is YamlSequenceNode sequence)
        {
            foreach (YamlNode child in sequence) Remove(child, names);
        }
        else if (node is YamlMappingNode mapping)
        {
            if (mapping.Children.TryGetValue(ParametersKey, out YamlNode? found) && found is YamlMappingNode parameters)
            {
                foreach (string name in names) parameters.Children.Remove(name);
                if (parameters.Children.Count == 0) mapping.Children.Remove(ParametersKey);
            }

            foreach ((YamlNode key, YamlNode child) in mapping.Children)
            {
                if (key is not YamlScalarNode { Value: ParametersKey }) Remove(child, names);
            }
        }
    }
}
