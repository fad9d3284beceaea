using System.Globalization;
using Polymath.Boosting.Runs;
using Polymath.Learning.Reporting;

namespace Polymath.Cli;

/// <summary>What a finished run of boosted trees came to, for people.</summary>
internal static class BoostResult
{
    private const int MostPoints = 10;

    public static void Write(RunReport report, BoostFolder folder, Terminal terminal)
    {
        terminal.Output.WriteLine($"{report.Model}: {ResultTable.Rows(report)}");
        terminal.Output.WriteLine();
        if (report.Boosting?.Search is { } search) Search(search, terminal);
        ResultTable.Write(report, terminal);
        terminal.Output.WriteLine();
        if (report.Boosting is { OutlierSentence.Length: > 0 } boosting) ResultTable.Lines(boosting.OutlierSentence, terminal);
        ResultTable.Lines(RunVerdict.Of(report).Sentence, terminal);
        ResultTable.Closing(report, folder, terminal);
    }

    private static void Search(SearchReport search, Terminal terminal)
    {
        var table = new TextTable("settings", $">{search.Criterion}", ">±", string.Empty);
        foreach (SearchPoint point in search.Ranked.Take(MostPoints)) table.Add(point.Name, TextTable.Metric(point.Mean, search.HigherIsBetter), TextTable.Metric(point.Deviation, search.HigherIsBetter), point.Chosen ? "chosen" : string.Empty);
        table.Write(terminal);
        if (search.Points.Count > MostPoints) terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"({search.Points.Count - MostPoints} more points are in the report.)"));
        terminal.Output.WriteLine();
    }
}
