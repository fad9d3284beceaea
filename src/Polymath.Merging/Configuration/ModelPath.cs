namespace Polymath.Merging.Configuration;

/// <summary>A folder, a file or a hub name, with an optional revision.</summary>
/// <param name="Path">A folder, a file, or a name such as <c>org/model</c>.</param>
/// <param name="Revision">A branch, tag or commit of a hub name, or null.</param>
public sealed record ModelPath(string Path, string? Revision = null)
{
    /// <summary>Reads <c>path[@revision]</c>.</summary>
    /// <param name="text">The path.</param>
    /// <exception cref="MergeException">More than one '@', or an empty part.</exception>
    public static ModelPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('@');
        if (parts.Length > 2) throw new MergeException($"model '{text}' has {parts.Length - 1} '@', expected at most one (path@revision); for a path that contains '@' write model: {{model: {{path: ...}}}}.");
        if (parts.Any(string.IsNullOrWhiteSpace)) throw new MergeException($"model '{text}' has an empty part, expected path[@revision][+adapter[@revision]].");
        return new(parts[0].Trim(), parts.Length == 2 ? parts[1].Trim() : null);
    }

    /// <inheritdoc/>
    public override string ToString() => Revision is null ? Path : $"{Path}@{Revision}";
}
