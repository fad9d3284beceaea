namespace Polymath.Data;

/// <summary>What one column holds, in numbers.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Missing">Rows without a value.</param>
/// <param name="Distinct">Distinct values that occur.</param>
/// <param name="Minimum">Smallest value of a numeric column, else NaN.</param>
/// <param name="Maximum">Largest value of a numeric column, else NaN.</param>
/// <param name="Mean">Mean of a numeric column, else NaN.</param>
/// <param name="Top">The most frequent categories with their counts, or the first and last date; empty for numeric columns.</param>
public sealed record ColumnSummary(string Name, ColumnKind Kind, int Missing, int Distinct, double Minimum, double Maximum, double Mean, IReadOnlyList<(string Value, int Count)> Top)
{
    private const int TopCount = 3;

    /// <summary>What the lists of a column hold whose texts are lists of ids separated by '|' (at least half of them have several); null for any other column.</summary>
    public ListSummary? Lists { get; init; }

    /// <summary>Summarises a column.</summary>
    public static ColumnSummary Of(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column switch
        {
            NumericColumn numeric => OfNumbers(numeric),
            CategoricalColumn categorical => OfCategories(categorical),
            _ => OfDates((DateColumn)column),
        };
    }

    /// <summary>The range or the most frequent values, as shown in a printed schema.</summary>
    public string Values => Kind switch
    {
        ColumnKind.Numeric => Distinct == 0 ? "-" : $"{Minimum:G6} .. {Maximum:G6}, mean {Mean:G6}",
        _ when Lists is { } lists => lists.ToString(),
        ColumnKind.Categorical => Top.Count == 0 ? "-" : string.Join(", ", Top.Select(top => $"{Shorten(top.Value)} ({top.Count})")) + (Distinct > Top.Count ? ", ..." : string.Empty),
        _ => Top.Count == 0 ? "-" : $"{Top[0].Value} .. {Top[^1].Value}",
    };

    private static ColumnSummary OfNumbers(NumericColumn column)
    {
        float[] sorted = [.. column.Values];
        Array.Sort(sorted);   // NaN sorts first
        int missing = 0;
        while (missing < sorted.Length && float.IsNaN(sorted[missing])) missing++;
        int distinct = 0;
        double sum = 0;
        for (int i = missing; i < sorted.Length; i++)
        {
            sum += sorted[i];
            if (i == missing || sorted[i] != sorted[i - 1]) distinct++;
        }

        int observed = sorted.Length - missing;
        return observed == 0
            ? new ColumnSummary(column.Name, ColumnKind.Numeric, missing, 0, double.NaN, double.NaN, double.NaN, [])
            : new ColumnSummary(column.Name, ColumnKind.Numeric, missing, distinct, sorted[missing], sorted[^1], sum / observed, []);
    }

    private static ColumnSummary OfCategories(CategoricalColumn column)
    {
        int[] counts = new int[column.Categories.Count];
        int missing = 0;
        foreach (int code in column.Codes)
        {
            if (code < 0) missing++;
            else counts[code]++;
        }

        (string, int)[] top = [.. Enumerable.Range(0, counts.Length).Where(code => counts[code] > 0)
            .OrderByDescending(code => counts[code]).ThenBy(code => column.Categories[code], StringComparer.Ordinal)
            .Take(TopCount).Select(code => (column.Categories[code], counts[code]))];
        return new ColumnSummary(column.Name, ColumnKind.Categorical, missing, counts.Count(count => count > 0), double.NaN, double.NaN, double.NaN, top) { Lists = ListSummary.Of(column, counts) };
    }

    private static ColumnSummary OfDates(DateColumn column)
    {
        long[] sorted = [.. column.Ticks];
        Array.Sort(sorted);   // MissingTicks sorts first
        int missing = column.CountMissing();
        int distinct = 0;
        for (int i = missing; i < sorted.Length; i++) if (i == missing || sorted[i] != sorted[i - 1]) distinct++;
        var ends = new DateColumn(column.Name, distinct == 0 ? [] : [sorted[missing], sorted[^1]]);
        (string, int)[] top = [.. Enumerable.Range(0, ends.Rows).Select(row => (ends.Text(row)!, 1))];
        return new ColumnSummary(column.Name, ColumnKind.Date, missing, distinct, double.NaN, double.NaN, double.NaN, top);
    }

    private static string Shorten(string text) => text.Length <= 24 ? text : string.Concat(text.AsSpan(0, 23), "…");
}
