using System.Globalization;
using Polymath.Reproductions;

namespace Polymath.Cli;

/// <summary>The report of a reproduction as text of at most 80 columns.</summary>
internal static class ReproductionText
{
    private const string Indent = "  ";

    /// <summary>Writes it.</summary>
    public static void Write(ReproductionReport report, Terminal terminal)
    {
        foreach (ReportTable table in report.Tables)
        {
            Paragraph(table.Title, string.Empty, string.Empty, terminal);
            foreach (int[] columns in Split(table, terminal.TextWidth))
            {
                var text = new TextTable([.. columns.Select(column => table.IsNumeric(column) ? ">" + table.Columns[column] : table.Columns[column])]);
                foreach (IReadOnlyList<ReportCell> row in table.Rows) text.Add([.. columns.Select(column => row[column].ToString())]);
                text.Write(terminal);
                if (columns[^1] < table.Columns.Count - 1) terminal.Output.WriteLine();
            }

            terminal.Output.WriteLine();
        }

        foreach (ReproductionAssertion assertion in report.Assertions) Write(assertion, terminal);
        if (report.Notes.Count > 0) terminal.Output.WriteLine();
        foreach (string note in report.Notes) Paragraph(note, "note: ", Indent, terminal);
        terminal.Output.WriteLine();
        string length = report.Quick ? "short run, " : string.Empty;
        Paragraph(string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(report.Summary[0])}{report.Summary[1..]} ({length}{report.Seconds:0} s). Numbers in brackets are those of the paper or its official code."), string.Empty, string.Empty, terminal);
    }

    /// <summary>The columns of a table in pieces that fit; each begins with those that name its rows.</summary>
    private static IEnumerable<int[]> Split(ReportTable table, int width)
    {
        int[] widths = [.. Enumerable.Range(0, table.Columns.Count).Select(column => TextTable.Gap.Length + Math.Max(table.Columns[column].Length, table.Rows.Select(row => row[column].ToString().Length).DefaultIfEmpty(0).Max()))];
        int names = Math.Max(1, Enumerable.Range(0, table.Columns.Count).TakeWhile(column => !table.IsNumeric(column)).Count());
        int room = width + TextTable.Gap.Length - widths[..names].Sum(), used = 0;
        var piece = new List<int>(Enumerable.Range(0, names));
        for (int column = names; column < widths.Length; column++)
        {
            if (piece.Count > names && used + widths[column] > room)
            {
                yield return [.. piece];
                piece.RemoveRange(names, piece.Count - names);
                used = 0;
            }

            piece.Add(column);
            used += widths[column];
        }

        yield return [.. piece];
    }

    private static void Write(ReproductionAssertion assertion, Terminal terminal)
    {
        string mark = assertion.Holds ? "yes " : "no  ";
        string verdict = assertion.Holds || assertion.Required ? string.Empty : ", not at this scale";
        string text = $"{assertion.Sentence}: {assertion.Measured}{verdict}";
        bool first = true;
        foreach (string line in TextWrap.Lines(text, terminal.TextWidth - mark.Length))
        {
            terminal.Output.WriteLine(first ? terminal.Paint(mark, assertion.Holds) + line : new string(' ', mark.Length) + line);
            first = false;
        }
    }

    private static void Paragraph(string text, string head, string indent, Terminal terminal)
    {
        bool first = true;
        foreach (string line in TextWrap.Lines(head + text, terminal.TextWidth - indent.Length))
        {
            terminal.Output.WriteLine(first ? line : indent + line);
            first = false;
        }
    }
}
