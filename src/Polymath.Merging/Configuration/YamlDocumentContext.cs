using YamlDotNet.RepresentationModel;

namespace Polymath.Merging.Configuration;

/// <summary>The document that is read: its file's name and the warnings so far.</summary>
internal sealed class YamlDocumentContext(string file)
{
    private readonly List<string> _warnings = [];

    /// <summary>The file's name.</summary>
    public string File => file;

    /// <summary>The warnings so far.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>An error at a node.</summary>
    public MergeException Error(YamlNode node, string message) => new($"{file}, line {node.Start.Line}: {message}{(message[^1] is '.' or '?' ? string.Empty : ".")}");

    /// <summary>A warning at a node.</summary>
    public void Warn(YamlNode node, string message) => _warnings.Add($"{file}, line {node.Start.Line}: {message}{(message[^1] is '.' or '?' ? string.Empty : ".")}");

    /// <summary>Runs a reader and names the place in what it throws.</summary>
    public T At<T>(YamlNode node, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (MergeException exception)
        {
            throw new MergeException($"{file}, line {node.Start.Line}: {exception.Message}", exception);
        }
    }
}
