using System.Globalization;
using Polymath.Learning.Metrics;
using Polymath.Learning.Reporting;

namespace Polymath.Tabular.Comparing;

/// <summary>The tables of a comparison's page.</summary>
internal static class ComparisonTables
{
    private const int MostColumns = 12;

    /// <summary>A row per model, a column per task.</summary>
    public static void WriteScores(MarkupWriter markup, ComparisonResult result)
    {
        ComparedTask[] tasks = [.. result.Tasks.Take(MostColumns)];
        bool gains = result.Cells.Any(cell => cell.Gain is not null);
        markup.Open("section", ("id", "scores")).Element("h2", "Scores").Line();
        markup.Element("p", $"Mean and standard deviation over {HtmlReport.Plural(result.Seeds, "seed")}; \u25b2 better and \u25bc worse than the reference where the 95\u00a0% interval of the paired difference leaves zero out.{(tasks.Length < result.Tasks.Count ? string.Create(CultureInfo.InvariantCulture, $" {tasks.Length} of {result.Tasks.Count} tasks are shown.") : string.Empty)}", ("class", "caption")).Line();
        Begin(markup, "Scores", ["Model"], [.. tasks.Select(task => $"{task.Name} {task.Metric}{(task.HigherIsBetter ? "\u2191" : "\u2193")}"), "mean", .. gains ? (string[])["\u0394m"] : []]);
        foreach (CellResult cell in result.Cells)
        {
            markup.Open("tr").Element("th", cell.Cell.Label, ("scope", "row"), ("title", $"{cell.Cell.Model}, {cell.Cell.Balancer}"));
            for (int task = 0; task < tasks.Length; task++) Score(markup, cell.Tasks[task], tasks[task].HigherIsBetter);
            Score(markup, cell.Mean, higherIsBetter: true);
            if (gains)
            {
                markup.Open("td", ("class", "number")).Text(cell.Gain is { } gain ? Numbers.Percent(gain.Mean) : Numbers.None);
                if (cell.Gain is { } spread && double.IsFinite(spread.Deviation)) markup.Element("small", $"\u00b1\u00a0{Numbers.Points(spread.Deviation)}");
                markup.Close();
            }

            markup.Close().Line();
        }

        markup.Close().Close().Close().Close().Line();
    }

    /// <summary>What each model costs.</summary>
    public static void WriteCosts(MarkupWriter markup, ComparisonResult result)
    {
        markup.Open("section", ("id", "costs")).Element("h2", "Cost").Line();
        Begin(markup, "Cost", ["Model", "Settings"], ["Parameters", "Operations per row", "Epochs", "Training", "Rows/s"]);
        foreach (CellResult cell in result.Cells)
        {
            markup.Open("tr").Element("th", cell.Cell.Label, ("scope", "row")).Element("td", $"{cell.Cell.Model}, {cell.Cell.Balancer}");
            string[] cells = cell.HasResult
                ? [Numbers.Count(cell.Parameters), Numbers.Short(cell.FlopsPerRow), cell.Epochs.ToString("0.#", CultureInfo.InvariantCulture), Numbers.Duration(cell.Seconds), Numbers.Short(cell.RowsPerSecond)]
                : [Numbers.None, Numbers.None, Numbers.None, Numbers.None, Numbers.None];
            foreach (string text in cells) markup.Element("td", text, ("class", "number"));
            markup.Close().Line();
        }

        markup.Close().Close().Close().Close().Line();
    }

    private static void Begin(MarkupWriter markup, string name, string[] words, string[] numbers)
    {
        markup.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", name)).Open("table").Open("thead").Open("tr");
        foreach (string word in words) markup.Element("th", word, ("scope", "col"));
        foreach (string number in numbers) markup.Element("th", number, ("scope", "col"), ("class", "number"));
        markup.Close().Close().Line().Open("tbody").Line();
    }

    private static void Score(MarkupWriter markup, CellScore score, bool higherIsBetter)
    {
        string mark = score.Difference is not { IsClear: true } difference ? string.Empty : difference.Mean > 0 == higherIsBetter ? " \u25b2" : " \u25bc";
        markup.Open("td", ("class", "number"), ("title", score.Difference is { } paired ? IntervalText(paired, higherIsBetter) : null)).Text(Numbers.Metric(score.Mean, higherIsBetter) + mark);
        if (double.IsFinite(score.Deviation)) markup.Element("small", $"\u00b1\u00a0{Numbers.Metric(score.Deviation, higherIsBetter)}");
        markup.Close();
    }

    private static string IntervalText(PairedDifference difference, bool higherIsBetter)
        => $"difference {Numbers.Metric(difference.Mean, higherIsBetter)}, 95 % interval {Numbers.Metric(difference.Low, higherIsBetter)} to {Numbers.Metric(difference.High, higherIsBetter)}";
}
