using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Polymath.Data.Runs;

/// <summary>
/// Settings as YAML: the keys are the flags without their dashes, lists are sequences, and what is left out keeps its default. The key
/// <c>kind</c> says which command they are for; settings written by hand may leave it out.
/// </summary>
public static class SettingFile
{
    /// <summary>The kind of a training.</summary>
    public const string TrainKind = "train";

    private const string DataKey = "data", TestKey = "test", KindKey = "kind";

    /// <summary>All settings as YAML text. A password in the address of a database is left out: give it by PGPASSWORD or a password file.</summary>
    /// <param name="table">The settings one by one.</param>
    /// <param name="settings">Their values.</param>
    /// <param name="kind">The kind of run.</param>
    public static string Write<T>(SettingTable<T> table, T settings, string kind = TrainKind)
        where T : DataSettings
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(settings);
        var root = new YamlMappingNode();
        root.Add(KindKey, Scalar(kind));
        root.Add(DataKey, Scalar(SourceAddress.WithoutPassword(settings.Data)));
        foreach (SettingOption<T> option in table.All)
        {
            IReadOnlyList<string> values = [.. option.Get(settings).Select(value => option.Name == TestKey ? SourceAddress.WithoutPassword(value) : value)];
            if (option.IsList) root.Add(option.Name, new YamlSequenceNode(values.Select(Scalar)));
            else if (values.Count > 0) root.Add(option.Name, Scalar(values[0]));
        }

        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        return text.ToString().Replace("...\n", string.Empty, StringComparison.Ordinal);
    }

    /// <summary>Reads settings from YAML text.</summary>
    /// <param name="table">The settings one by one.</param>
    /// <param name="text">The YAML.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="settings">What the file changes; defaults unless given.</param>
    /// <param name="kind">The kind of run that is expected.</param>
    /// <param name="written">Whether a run wrote the text: then one that names no kind is a training's, as they once were written. Otherwise it may be of any kind.</param>
    /// <exception cref="RunException">Not YAML, of another kind, an unknown key, or a value out of range; file and line are named.</exception>
    public static T Read<T>(SettingTable<T> table, string text, string name, T? settings = null, string kind = TrainKind, bool written = false)
        where T : DataSettings
    {
        ArgumentNullException.ThrowIfNull(table);
        T result = settings ?? table.Defaults;
        YamlMappingNode root = Root(text, name);
        string found = KindOf(root) ?? (written ? TrainKind : kind);
        if (found != kind) throw new RunException($"{name}: found settings of the kind '{found}', expected '{kind}'; use polymath {found}.");
        foreach ((YamlNode keyNode, YamlNode valueNode) in root.Children)
        {
            string key = keyNode is YamlScalarNode scalar ? scalar.Value ?? string.Empty : throw new RunException($"{name}, line {keyNode.Start.Line}: expected the name of a setting.");
            if (key == KindKey || valueNode is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" }) continue;
            try
            {
                IReadOnlyList<string> values = Values(valueNode);
                if (key == DataKey) result = result with { Data = values.Count == 1 ? values[0] : throw new RunException($"{DataKey}: found {values.Count} values, expected one.") };
                else if (valueNode is YamlSequenceNode) result = table.Find(key).SetExactly(result, values);
                else result = table.Find(key).Set(result, values);
            }
            catch (RunException exception)
            {
                throw new RunException($"{name}, line {keyNode.Start.Line}: {exception.Message}", exception);
            }
        }

        return result;
    }

    /// <summary>The kind of run that a text of settings names; null when it names none, or is no YAML mapping.</summary>
    /// <param name="text">The YAML.</param>
    public static string? KindOf(string text)
    {
        try
        {
            return KindOf(Root(text, string.Empty));
        }
        catch (RunException)
        {
            return null;
        }
    }

    private static string? KindOf(YamlMappingNode root) => root.Children.TryGetValue(new YamlScalarNode(KindKey), out YamlNode? node) ? (node as YamlScalarNode)?.Value : null;

    private static YamlMappingNode Root(string text, string name)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode map
                ? map
                : throw new RunException($"{name}: expected one YAML mapping of settings.");
        }
        catch (YamlException exception)
        {
            throw new RunException($"{name}, line {exception.Start.Line}: not valid YAML ({exception.Message}).", exception);
        }
    }

    private static IReadOnlyList<string> Values(YamlNode node) => node switch
    {
        YamlScalarNode scalar => [scalar.Value ?? string.Empty],
        YamlSequenceNode sequence => [.. sequence.Children.Select(child => child is YamlScalarNode item ? item.Value ?? string.Empty : throw new RunException("expected a list of plain values."))],
        _ => throw new RunException("expected a value or a list of values."),
    };

    // Everything that YAML could read as something else than this text is quoted.
    private static YamlScalarNode Scalar(string value) => new(value)
    {
        Style = value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '/') && value[0] != '-' && value[0] != '.' ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted,
    };
}
