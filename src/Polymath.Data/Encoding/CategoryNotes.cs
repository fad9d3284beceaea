using System.Globalization;
using Polymath.Data.Sources;

namespace Polymath.Data;

/// <summary>What a column of texts that is to be an input probably is instead of a category.</summary>
internal static class CategoryNotes
{
    // Below this many values a column of categories may well hold mostly different ones by chance.
    private const int FewestValues = 50;

    /// <summary>Adds a note about a column of lists of ids, of numbers with a decimal comma, or of mostly different texts.</summary>
    /// <param name="column">The column.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="lists">Whether lists of ids can be read as such.</param>
    /// <param name="kept">Whether the column is an input, and not dropped with a note of its own.</param>
    /// <param name="notes">Told.</param>
    public static void Add(CategoricalColumn column, ReadOnlySpan<int> rows, bool lists, bool kept, List<string> notes)
    {
        int[] counts = new int[column.Categories.Count];
        ReadOnlySpan<int> codes = column.Codes;
        int observed = 0;
        foreach (int row in rows)
        {
            if (codes[row] < 0) continue;
            counts[codes[row]]++;
            observed++;
        }

        int distinct = counts.Count(count => count > 0);
        if (ListSummary.Of(column, counts) is not null) notes.Add(lists ? $"column '{column.Name}' looks like lists of ids; read it as such with --sequence {column.Name}" : $"column '{column.Name}' looks like lists of ids, and each list is one category; leave it out with --drop {column.Name}");
        else if (distinct > 0 && AreDecimalCommas(column.Categories, counts)) notes.Add($"every value of column '{column.Name}' is a number with a decimal comma, and each number is one category; read them as numbers with --decimal ,");
        else if (kept && observed >= FewestValues && 2 * distinct > observed) notes.Add(string.Create(CultureInfo.InvariantCulture, $"column '{column.Name}' has {distinct:N0} different values in {observed:N0} training rows, too many for a category; leave out a name or an id with --drop {column.Name}{(lists ? $", read lists with --sequence {column.Name}" : string.Empty)}, read numbers with a decimal comma with --decimal ,"));
    }

    /// <summary>Whether all texts that occur are numbers with a decimal comma, and one at least needs it.</summary>
    private static bool AreDecimalCommas(IReadOnlyList<string> texts, int[] counts)
    {
        bool comma = false;
        for (int code = 0; code < counts.Length; code++)
        {
            if (counts[code] == 0) continue;
            if (!NumericBuilder.TryParse(texts[code], ',', out _)) return false;
            comma |= texts[code].Contains(',', StringComparison.Ordinal);
        }

        return comma;
    }
}
