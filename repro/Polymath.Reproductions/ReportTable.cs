namespace Polymath.Reproductions;

/// <summary>One table of a report.</summary>
/// <param name="Title">What it shows, and in which unit; numbers in brackets are those of the paper or its official code.</param>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">The cells, one row per method or setting, as many as there are headings.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<ReportCell>> Rows)
{
    /// <summary>Whether a column holds numbers (and belongs to the right).</summary>
    /// <param name="column">Its position.</param>
    public bool IsNumeric(int column) => Rows.Any(row => row[column].IsNumber);
}
