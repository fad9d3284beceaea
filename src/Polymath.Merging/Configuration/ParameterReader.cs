using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Polymath.Merging.Configuration;

/// <summary>Reads the parameters of a level: values, lists over the layers, and lists of values with filters.</summary>
internal static class ParameterReader
{
    private const string FilterKey = "filter", ValueKey = "value";

    /// <summary>The table under a key <c>parameters</c>; empty when there is none.</summary>
    public static ParameterTable Read(YamlNode? node, string what, YamlDocumentContext context)
    {
        if (node is null) return ParameterTable.Empty;
        var map = new YamlMap(node, $"the parameters of {what}", context);
        return new(map.Keys.Where(key => map[key] is not null).ToDictionary(key => key, key => Setting(key, map[key]!, context), StringComparer.Ordinal));
    }

    private static ParameterSetting Setting(string name, YamlNode node, YamlDocumentContext context)
    {
        if (node is YamlMappingNode)
        {
            context.Warn(node, $"parameter '{name}' is one {{filter, value}} without a list around it; it is read as a list of one");
            return new([Condition(name, node, context)], node.Start.Line);
        }

        if (node is not YamlSequenceNode list || !list.Children.Any(item => item is YamlMappingNode)) return new([new ConditionalValue(null, Values(name, node, context))], node.Start.Line);
        YamlNode? plain = list.Children.FirstOrDefault(item => item is not YamlMappingNode);
        if (plain is not null) throw context.Error(plain, $"parameter '{name}' mixes values with {{filter, value}} items, expected either; write the value as '- value: {(plain as YamlScalarNode)?.Value ?? "..."}'");
        ConditionalValue[] conditions = [.. list.Children.Select(item => Condition(name, item, context))];
        int all = Array.FindIndex(conditions, condition => condition.Filter is null or "*");
        if (all >= 0 && all < conditions.Length - 1) context.Warn(list.Children[all + 1], $"parameter '{name}': the item before matches every tensor, so this one has no effect");
        return new(conditions, node.Start.Line);
    }

    private static ConditionalValue Condition(string name, YamlNode node, YamlDocumentContext context)
    {
        var map = new YamlMap(node, $"an item of parameter '{name}'", context);
        map.WarnOfOtherKeysThan(FilterKey, ValueKey);
        return new(map.Text(FilterKey), Values(name, map[ValueKey] ?? throw context.Error(node, $"an item of parameter '{name}' has no 'value'"), context));
    }

    private static Gradient Values(string name, YamlNode node, YamlDocumentContext context)
        => context.At(node, () => node is YamlSequenceNode list ? new Gradient([.. list.Children.Select(item => Scalar(name, item, context))]) : new Gradient([Scalar(name, node, context)]));

    private static object? Scalar(string name, YamlNode node, YamlDocumentContext context)
    {
        if (node is not YamlScalarNode scalar) throw new MergeException($"parameter '{name}' holds {YamlMap.Describe(node)} inside a list, expected numbers.");
        return YamlMap.IsNull(scalar) ? null : Scalar(scalar);
    }

    /// <summary>A plain scalar as a number or a flag where it is one, else as text.</summary>
    internal static object Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? string.Empty;
        if (scalar.Style != ScalarStyle.Plain) return text;
        switch (text.ToLowerInvariant())
        {
            case "true" or "yes" or "on": return true;
            case "false" or "no" or "off": return false;
            case ".inf" or "+.inf": return double.PositiveInfinity;
            case "-.inf": return double.NegativeInfinity;
            case ".nan": return double.NaN;
            default: return double.TryParse(text.Replace("_", string.Empty, StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : text;
        }
    }
}
