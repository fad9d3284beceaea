using System.Text;

namespace Polymath.Benchmarks.Comparison;

/// <summary>A table whose Markdown is also readable on a terminal: its columns are padded to one width.</summary>
/// <param name="Columns">The headings; those of numbers begin with a blank and are aligned to the right.</param>
/// <param name="Rows">One text per column.</param>
internal sealed record ReportTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public override string ToString()
    {
        int[] widths = [.. Columns.Select((heading, i) => Math.Max(3, Rows.Select(row => row[i].Length).Append(heading.Trim().Length).Max()))];
        var text = new StringBuilder();
        Append(text, widths, [.. Columns.Select(heading => heading.Trim())]);
        Append(text, widths, [.. Columns.Select((_, i) => IsNumber(i) ? new string('-', widths[i] - 1) + ":" : new string('-', widths[i]))]);
        foreach (IReadOnlyList<string> row in Rows) Append(text, widths, row);
        return text.ToString();
    }

    private bool IsNumber(int column) => Columns[column].StartsWith(' ');

    private void Append(StringBuilder text, int[] widths, IReadOnlyList<string> cells)
    {
        for (int i = 0; i < cells.Count; i++) text.Append("| ").Append(IsNumber(i) ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i])).Append(' ');
        text.Append("|\n");
    }
}
