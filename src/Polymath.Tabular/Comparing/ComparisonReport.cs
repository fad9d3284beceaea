using System.Globalization;
using Polymath.Learning.Reporting;
using Polymath.Learning.Reporting.Charts;

namespace Polymath.Tabular.Comparing;

/// <summary>
/// A comparison as one self-contained HTML page: what every model reached and how certain the differences are, task by task, what it costs, and both
/// in one picture. No scripts, no files beside it.
/// </summary>
/// <example><code>
/// AtomicFile.WriteText("report.html", writer => ComparisonReport.Write(result, "", writer));
/// </code></example>
public static class ComparisonReport
{
    private const int MostTasks = 24;

    /// <summary>Writes the page; encode it as UTF-8.</summary>
    /// <param name="result">What to show.</param>
    /// <param name="command">The command line that made it; empty to leave it out.</param>
    /// <param name="writer">Receives the page.</param>
    public static void Write(ComparisonResult result, string command, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(writer);
        var markup = new MarkupWriter(writer);
        markup.Doctype().Open("html", ("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en")).Line().Open("head").Line();
        markup.Leaf("meta", ("charset", "utf-8")).Line().Leaf("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        markup.Leaf("meta", ("name", "color-scheme"), ("content", "light dark")).Line();
        markup.Element("title", $"{result.Name} \u2013 Polymath comparison").Line();
        markup.Open("style").Raw(ReportStyle.Css).Close().Line().Close().Line().Open("body").Line().Open("main").Line();
        Header(markup, result);
        if (result.Notes.Count > 0)
        {
            markup.Open("section", ("id", "notes")).Element("h2", "Notes").Open("ul");
            foreach (string note in result.Notes) markup.Element("li", note);
            markup.Close().Close().Line();
        }

        Overview(markup, result);
        Tasks(markup, result);
        ComparisonTables.WriteScores(markup, result);
        ComparisonTables.WriteCosts(markup, result);
        if (command.Length > 0) markup.Open("section", ("id", "facts")).Element("h2", "Run it again").Open("pre").Element("code", command).Close().Close().Line();
        markup.Close().Line().Close().Line().Close().Line();
    }

    private static void Header(MarkupWriter markup, ComparisonResult result)
    {
        markup.Open("header").Line().Element("h1", result.Name).Line();
        string rows = result.Split.Length == 0 ? "no rows held out" : $"{Numbers.Count(result.ScoredRows)} {result.Split} rows";
        markup.Element("p", string.Join(" \u00b7 ", HtmlReport.Plural(result.Cells.Count, "model"), HtmlReport.Plural(result.Tasks.Count, "task"), HtmlReport.Plural(result.Seeds, "seed"), $"{Numbers.Count(result.TrainRows)} training rows", rows), ("class", "sub")).Line();
        ComparisonVerdict verdict = ComparisonVerdict.Of(result);
        markup.Open("p", ("class", verdict.IsClear ? "verdict helped" : "verdict"), ("id", "verdict")).Element("span", verdict.Sentence).Close().Line().Close().Line();
    }

    private static void Overview(MarkupWriter markup, ComparisonResult result)
    {
        markup.Open("section", ("id", "overview")).Element("h2", "Over all tasks").Line().Open("div", ("class", "pair")).Line();
        markup.Open("figure", ("class", "wide")).Element("figcaption", Caption("Mean of the tasks' metrics", result)).Line();
        Differences("chart-mean", "Mean over tasks", result, cell => cell.Mean, higherIsBetter: true, [.. result.Ranked]).Draw(new SvgWriter(markup));
        markup.Element("p", ComparisonVerdict.Explanation(result), ("class", "caption")).Close().Line();
        markup.Open("figure", ("class", "wide")).Element("figcaption", "What it reaches against what it costs").Line();
        new ScatterChart
        {
            Id = "chart-cost",
            Title = "Mean metric against operations per row",
            Description = "Each model's mean over tasks of the primary metric, against the floating-point operations for one row.",
            XLabel = "floating-point operations per row, logarithmic",
            YLabel = "mean of the tasks' metrics",
            Points = [.. result.Ranked.Select(cell => new ScatterPoint(cell.Cell.Label, cell.FlopsPerRow, cell.Mean.Mean, $"{cell.Cell.Label}: {Numbers.Metric(cell.Mean.Mean)}, {Numbers.Short(cell.FlopsPerRow)} operations, {Numbers.Short(cell.Parameters)} parameters", ReferenceEquals(cell, result.Cells[result.Reference]) ? "mutedfill" : "f0"))],
        }.Draw(new SvgWriter(markup));
        markup.Close().Line().Close().Line().Close().Line();
    }

    private static void Tasks(MarkupWriter markup, ComparisonResult result)
    {
        if (result.Tasks.Count < 2) return;
        CellResult[] ranked = [.. result.Ranked];
        markup.Open("section", ("id", "tasks")).Element("h2", "Task by task").Line();
        if (result.Tasks.Count > MostTasks) markup.Element("p", string.Create(CultureInfo.InvariantCulture, $"The first {MostTasks} of {result.Tasks.Count} tasks; results.jsonl holds all."), ("class", "caption")).Line();
        markup.Open("div", ("class", "pair")).Line();
        for (int task = 0; task < Math.Min(MostTasks, result.Tasks.Count); task++)
        {
            ComparedTask compared = result.Tasks[task];
            int at = task;
            markup.Open("figure", ("class", "wide")).Element("figcaption", Caption($"{compared.Name}: {compared.Metric}{(compared.HigherIsBetter ? string.Empty : " (less is better)")}", result)).Line();
            Differences(string.Create(CultureInfo.InvariantCulture, $"chart-task-{task}"), compared.Name, result, cell => cell.Tasks[at], compared.HigherIsBetter, ranked).Draw(new SvgWriter(markup));
            markup.Close().Line();
        }

        markup.Close().Close().Line();
    }

    private static string Caption(string what, ComparisonResult result)
        => IsRelative(result) ? $"{what}, minus that of {result.Cells[result.Reference].Cell.Label}" : what;

    private static bool IsRelative(ComparisonResult result) => result.Ranked.Count() > 1 && result.Cells[result.Reference].HasResult;

    // Differences to the reference; where there is nothing to compare with, the scores themselves.
    private static IntervalChart Differences(string id, string title, ComparisonResult result, Func<CellResult, CellScore> score, bool higherIsBetter, CellResult[] cells)
    {
        CellResult reference = result.Cells[result.Reference];
        bool relative = IsRelative(result);
        return new IntervalChart
        {
            Id = id,
            Title = title,
            Description = string.Join("; ", cells.Select(cell => $"{cell.Cell.Label} {Numbers.Metric(score(cell).Mean, higherIsBetter)}")),
            AxisLabel = relative ? $"difference to {reference.Cell.Label}" : "score",
            FromZero = relative,
            Rows = [.. cells.Select(cell => relative ? Difference(cell, score(cell), higherIsBetter) : new IntervalRow(cell.Cell.Label, score(cell).Mean, double.NaN, double.NaN, Numbers.Metric(score(cell).Mean, higherIsBetter), "mutedfill"))],
        };
    }

    private static IntervalRow Difference(CellResult cell, CellScore score, bool higherIsBetter)
    {
        if (score.Difference is not { } difference) return new IntervalRow(cell.Cell.Label, 0, double.NaN, double.NaN, $"{Numbers.Metric(score.Mean, higherIsBetter)} reference", "mutedfill");
        bool better = difference.Mean > 0 == higherIsBetter;
        string sign = difference.Mean > 0 ? "+" : string.Empty;
        return new IntervalRow(cell.Cell.Label, difference.Mean, difference.Low, difference.High, $"{Numbers.Metric(score.Mean, higherIsBetter)}  ({sign}{Numbers.Metric(difference.Mean, higherIsBetter)})", difference.IsClear ? better ? "good" : "bad" : "mutedfill");
    }
}
