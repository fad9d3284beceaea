using System.Runtime.InteropServices;

namespace Polymath.Data;

/// <summary>Reads lists of ids from the texts of a column: blanks around an id and empty ids are left out, a missing text is an empty list.</summary>
internal static class IdLists
{
    /// <summary>Adds how often every id occurs in some rows.</summary>
    public static void Count(Column column, ReadOnlySpan<int> rows, char separator, Dictionary<string, int> counts)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (int row in rows)
        {
            ReadOnlySpan<char> text = column.Text(row);
            foreach (Range range in text.Split(separator))
            {
                ReadOnlySpan<char> id = text[range].Trim();
                if (!id.IsEmpty) CollectionsMarshal.GetValueRefOrAddDefault(bySpan, id, out _)++;
            }
        }
    }

    /// <summary>The ids of a text, the last <paramref name="most"/> of them.</summary>
    public static int[] Parse(string? text, char separator, int most, Func<string, int> idOf)
    {
        if (text is null) return [];
        string[] parts = text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. parts.Skip(parts.Length - most).Select(idOf)];
    }
}
