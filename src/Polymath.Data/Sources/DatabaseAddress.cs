namespace Polymath.Data.Sources;

/// <summary>What follows <c>#</c> in a database source: the name of a table or a query.</summary>
internal static class DatabaseAddress
{
    /// <summary>Splits at the first <c>#</c>.</summary>
    /// <exception cref="TableException">There is no table or query.</exception>
    public static (string Location, string TableOrQuery) Split(string source, string name)
    {
        int hash = source.IndexOf('#', StringComparison.Ordinal);
        string selection = hash < 0 ? string.Empty : source[(hash + 1)..].Trim();
        if (selection.Length == 0) throw new TableException($"{name}: names no table, expected '#table' or '#select ...' at the end.", name);
        return (source[..hash], selection);
    }

    /// <summary>Text with a blank is a query; anything else names a table.</summary>
    public static bool IsQuery(string selection) => selection.Any(char.IsWhiteSpace);

    /// <summary>An identifier in double quotes (SQL standard; SQLite and PostgreSQL).</summary>
    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
