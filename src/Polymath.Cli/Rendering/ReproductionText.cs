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
            var text = new TextTable([.. table.Columns.Select((column, index) => table.IsNumeric(index) ? ">" + column : column)]);
            foreach (IReadOnlyList<ReportCell> row in table.Rows) text.Add([.. row.Select(cell => cell.ToString())]);
            text.Write(terminal);
            terminal.Output.WriteLine();
        }

        foreach (ReproductionAssertion assertion in report.Assertions) Write(assertion, terminal);
        if (report.Notes.Count > 0) terminal.Output.WriteLine();
        foreach (string note in report.Notes) Paragraph(note, "note: ", Indent, terminal);
        terminal.Output.WriteLine();
        string length = report.Quick ? "short run, " : string.Empty;
        Paragraph(string.Create(CultureInfo.InvariantCulture, $"{(report.Holds ? "The claim holds" : "The claim does not hold")}: {report.Summary} ({length}{report.Seconds:0} s). Numbers in brackets are those of the paper or its official code."), string.Empty, string.Empty, terminal);
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
