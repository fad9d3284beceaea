using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Polymath.Merging.Configuration;

/// <summary>A YAML mapping with what messages need: the file, and what the mapping is.</summary>
internal sealed class YamlMap
{
    private const string MergeKey = "<<";
    private readonly YamlDocumentContext _context;
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);

    /// <summary>The mapping of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="what">What it is, for messages: "a model".</param>
    /// <param name="context">The document.</param>
    public YamlMap(YamlNode node, string what, YamlDocumentContext context)
    {
        (_context, What, Node) = (context, what, node);
        Add(node as YamlMappingNode ?? throw context.Error(node, $"expected {what} as a mapping (key: value), found {Describe(node)}"));
    }

    /// <summary>The node.</summary>
    public YamlNode Node { get; }

    /// <summary>What it is, for messages.</summary>
    public string What { get; }

    /// <summary>The line, from 1.</summary>
    public long Line => Node.Start.Line;

    /// <summary>Keys in their order.</summary>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <summary>The value of a key; null when it is missing or empty.</summary>
    public YamlNode? this[string key] => _entries.TryGetValue(key, out (YamlNode Key, YamlNode Value) entry) && !IsNull(entry.Value) ? entry.Value : null;

    /// <summary>The line of a key.</summary>
    public long LineOf(string key) => _entries[key].Key.Start.Line;

    /// <summary>Warns of keys that are not known.</summary>
    public void WarnOfOtherKeysThan(params string[] known)
    {
        foreach ((string key, (YamlNode node, _)) in _entries)
        {
            if (!known.Contains(key)) _context.Warn(node, $"'{key}' is no key of {What} and has no effect{Data.Suggestion.Tail(key, known)}");
        }
    }

    /// <summary>The text of a key, or null when it is missing.</summary>
    public string? Text(string key)
    {
        YamlNode? node = this[key];
        return node is null ? null : (node as YamlScalarNode)?.Value ?? throw _context.Error(node, $"'{key}' of {What} is {Describe(node)}, expected a text");
    }

    /// <summary>The items of a list, or null when the key is missing.</summary>
    public IReadOnlyList<YamlNode>? List(string key)
    {
        YamlNode? node = this[key];
        return node is null ? null : (node as YamlSequenceNode)?.Children.ToArray() ?? throw _context.Error(node, $"'{key}' of {What} is {Describe(node)}, expected a list");
    }

    /// <summary>A whole number of a key, or null when it is missing.</summary>
    public int? Integer(string key)
    {
        string? text = Text(key);
        if (text is null) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : throw _context.Error(this[key]!, $"'{key}' of {What} is '{text}', expected a whole number");
    }

    /// <summary>Whether a node stands for no value.</summary>
    public static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    /// <summary>A node in a few words.</summary>
    public static string Describe(YamlNode node) => node switch
    {
        YamlScalarNode scalar => IsNull(scalar) ? "nothing" : $"'{scalar.Value}'",
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };

    // Keys of a merged mapping (<<) stand behind the mapping's own, as YAML 1.1 has it.
    private void Add(YamlMappingNode map)
    {
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? throw _context.Error(key, $"found {Describe(key)} as a key of {What}, expected a name");
            if (name != MergeKey) _entries.TryAdd(name, (key, value));
        }

        if (!map.Children.TryGetValue(new YamlScalarNode(MergeKey), out YamlNode? merged)) return;
        foreach (YamlNode node in merged is YamlSequenceNode sequence ? sequence.Children : [merged])
            Add(node as YamlMappingNode ?? throw _context.Error(node, $"'{MergeKey}' of {What} refers to {Describe(node)}, expected a mapping"));
    }
}
