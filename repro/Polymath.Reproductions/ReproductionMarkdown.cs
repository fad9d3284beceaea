using System.Globalization;
using System.Text;

namespace Polymath.Reproductions;

/// <summary>A <see cref="ReproductionReport"/> as a section of a page.</summary>
internal static class ReproductionMarkdown
{
    public static string Write(ReproductionReport report, int level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 5);
        var text = new StringBuilder();
        text.Append('#', level).Append(' ').Append(report.Title).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"`{report.Command}`: {report.Summary}{(report.Quick ? " (short run)" : string.Empty)}, {report.Seconds:0} s. Numbers in brackets are those of the paper or its official code.\n");
        foreach (ReportTable table in report.Tables) Write(text, table);
        foreach (ReportPicture picture in report.Pictures) text.Append(CultureInfo.InvariantCulture, $"\n![{Escape(picture.Caption)}](pictures/{picture.File})\n");
        if (report.Assertions.Count > 0)
        {
            text.Append("\n| claim | measured | verdict |\n|---|---|---|\n");
            foreach (ReproductionAssertion assertion in report.Assertions) text.Append(CultureInfo.InvariantCulture, $"| {Escape(assertion.Sentence)} | {Escape(assertion.Measured)} | {assertion.Verdict} |\n");
        }

        if (report.Notes.Count > 0) text.Append('\n');
        foreach (string note in report.Notes) text.Append(CultureInfo.InvariantCulture, $"- {note}\n");
        return text.ToString();
    }

    private static void Write(StringBuilder text, ReportTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{table.Title}\n\n");
        Row(text, table.Columns);
        Row(text, [.. table.Columns.Select((_, column) => table.IsNumeric(column) ? "---:" : "---")]);
        foreach (IReadOnlyList<ReportCell> row in table.Rows) Row(text, [.. row.Select(cell => cell.ToString())]);
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(Escape)).Append(" |\n");

    private static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');
}
