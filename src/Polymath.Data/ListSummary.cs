using System.Globalization;

namespace Polymath.Data;

/// <summary>What the lists of ids of one column hold, in numbers.</summary>
/// <param name="MeanLength">Mean number of ids in the rows that have a list.</param>
/// <param name="Longest">Ids of the longest list.</param>
/// <param name="Items">Distinct ids in all lists.</param>
public sealed record ListSummary(double MeanLength, int Longest, int Items)
{
    /// <summary>As a printed schema shows it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"lists of {MeanLength:G3} ids on average, at most {Longest}; {Items} different ids");

    /// <summary>The summary of a column of which at least half of the texts hold several ids, else null.</summary>
    internal static ListSummary? Of(CategoricalColumn column, int[] counts)
    {
        int texts = 0, several = 0;
        for (int code = 0; code < counts.Length; code++)
        {
            if (counts[code] == 0) continue;
            texts++;
            if (column.Categories[code].Contains(SequenceColumn.DefaultSeparator, StringComparison.Ordinal)) several++;
        }

        if (several == 0 || several < texts - several) return null;
        var items = new HashSet<string>(StringComparer.Ordinal);
        long ids = 0, rows = 0;
        int longest = 0;
        for (int code = 0; code < counts.Length; code++)
        {
            if (counts[code] == 0) continue;
            string[] parts = column.Categories[code].Split(SequenceColumn.DefaultSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            items.UnionWith(parts);
            ids += (long)parts.Length * counts[code];
            rows += counts[code];
            longest = Math.Max(longest, parts.Length);
        }

        return new ListSummary((double)ids / rows, longest, items.Count);
    }
}
