using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>
/// Renders a <see cref="RunReport"/> as one self-contained HTML page: no scripts, no files beside it, charts as inline SVG; readable on a phone, on
/// paper and in dark mode. The page is also well-formed XML.
/// </summary>
/// <example><code>
/// AtomicFile.WriteText("run/report.html", writer => HtmlReport.Write(report, writer));
/// </code></example>
public static class HtmlReport
{
    /// <summary>Writes the page; encode it as UTF-8.</summary>
    /// <param name="report">What to show; whatever it lacks is said to be missing.</param>
    /// <param name="writer">Receives the page.</param>
    public static void Write(RunReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(writer);
        var markup = new MarkupWriter(writer);
        markup.Doctype().Open("html", ("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en")).Line();
        markup.Open("head").Line();
        markup.Leaf("meta", ("charset", "utf-8")).Line();
        markup.Leaf("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        markup.Leaf("meta", ("name", "color-scheme"), ("content", "light dark")).Line();
        markup.Element("title", $"{report.Name} \u2013 Polymath run report").Line();
        markup.Open("style").Raw(ReportStyle.Css).Close().Line();
        markup.Close().Line().Open("body").Line().Open("main").Line();
        Header(markup, report);
        Notes(markup, report);
        Results(markup, report);
        if (report.Boosting is { } boosting) BoostingSections.Write(markup, boosting);
        else
        {
            Learning(markup, report);
            Sharing(markup, report);
            if (report.Experts is { Experts.Count: > 0, Gates.Count: > 0 } experts) ExpertSection.Write(markup, experts);
        }

        Facts(markup, report);
        markup.Close().Line().Close().Line().Close().Line();
    }

    private static void Header(MarkupWriter markup, RunReport report)
    {
        RunVerdict verdict = RunVerdict.Of(report);
        markup.Open("header").Line().Element("h1", report.Name).Line();
        string[] parts = [report.Model, report.Balancer, Plural(report.Tasks.Count, "task"), report.Created];
        markup.Element("p", string.Join(" \u00b7 ", parts.Where(part => part.Length > 0)), ("class", "sub")).Line();
        markup.Open("p", ("class", $"verdict {verdict.Tone.ToString().ToLowerInvariant()}"), ("id", "verdict"));
        markup.Element("strong", verdict.Tone switch { VerdictTone.Helped => "Helped", VerdictTone.Hurt => "Warning", VerdictTone.Mixed => "Mixed", VerdictTone.NoDifference => "No difference", _ => "Unknown" }).Text(" ");
        markup.Element("span", verdict.Sentence).Close().Line().Close().Line();
    }

    private static void Notes(MarkupWriter markup, RunReport report)
    {
        if (report.Notes.Count == 0) return;
        markup.Open("section", ("id", "notes")).Element("h2", "Notes").Open("ul");
        foreach (string note in report.Notes) markup.Element("li", note);
        markup.Close().Close().Line();
    }

    private static void Results(MarkupWriter markup, RunReport report)
    {
        markup.Open("section", ("id", "results")).Element("h2", "Results").Line();
        if (report.Tasks.Count == 0)
        {
            markup.Element("p", "The report holds no tasks.", ("class", "missing")).Close().Line();
            return;
        }

        markup.Open("div", ("class", "pair tabled")).Line();
        markup.Open("figure", ("class", "wide")).Element("figcaption", "Gain over single-task training, per task").Line();
        if (report.Tasks.Any(task => task.FiniteGain is not null))
        {
            GainChart.Of(report).Draw(new SvgWriter(markup));
            if (report.Tasks.Any(task => task.FiniteGain is not null && task.GainSpread is double spread && double.IsFinite(spread) && spread != 0)) markup.Element("p", "Whiskers: one standard deviation, over resampled test rows or over seeds, whichever is larger.", ("class", "caption"));
        }
        else
        {
            markup.Element("p", "No gain can be drawn: it needs a single-task baseline for at least one task.", ("class", "missing"));
        }

        markup.Close().Line();
        ResultTables.WriteSummary(markup, report);
        markup.Close().Line();
        ResultTables.WriteDetails(markup, report);
        markup.Close().Line();
    }

    private static void Learning(MarkupWriter markup, RunReport report)
    {
        markup.Open("section", ("id", "learning")).Element("h2", "Learning curves").Line();
        if (report.History.Count == 0 || report.Tasks.Count == 0)
        {
            markup.Element("p", "No history was recorded.", ("class", "missing")).Close().Line();
            return;
        }

        int[] shown = CurveCharts.Choose(report);
        string which = shown.Length < report.Tasks.Count ? $" {shown.Length} of {report.Tasks.Count} tasks are shown: those with the lowest and the highest {(report.Tasks.Any(task => task.FiniteGain is not null) ? "gain" : "place in the list")}." : "";
        string kept = TaskSeries.Kept(report) is int best ? $" The dashed line is epoch {best}, whose weights were kept." : "";
        markup.Element("p", $"A ring marks each task's best validation epoch.{kept}{which}", ("class", "caption")).Line();
        markup.Open("div", ("class", "multiples")).Line();
        foreach (int task in shown)
        {
            markup.Open("figure").Element("figcaption", report.Tasks[task].Name, ("title", report.Tasks[task].Name), ("class", "name")).Line();
            CurveCharts.Of(report, task).Draw(new SvgWriter(markup));
            markup.Close().Line();
        }

        markup.Close().Close().Line();
    }

    private static void Sharing(MarkupWriter markup, RunReport report)
    {
        markup.Open("section", ("id", "sharing")).Element("h2", "How the tasks shared").Line().Open("div", ("class", "pair")).Line();
        markup.Open("figure", ("class", "wide")).Element("figcaption", "Do the tasks' gradients agree?").Line();
        if (ConflictChart.Of(report) is ConflictChart conflict)
        {
            conflict.Map.Draw(new SvgWriter(markup));
            markup.Element("p", conflict.Caption, ("class", "caption"));
            if (conflict.Pairs.Count > 0)
            {
                markup.Element("p", "Pairs in strongest conflict:", ("class", "caption")).Open("ol", ("class", "pairs"));
                foreach (string pair in conflict.Pairs) markup.Element("li", pair);
                markup.Close();
            }
        }
        else
        {
            markup.Element("p", "The tasks' gradients were not recorded; a balancer or callback that compares gradients does so.", ("class", "missing"));
        }

        markup.Close().Line();
        markup.Open("figure", ("class", "wide")).Element("figcaption", "How much weight each task got").Line();
        if (WeightsChart.Of(report) is LineChart weights)
        {
            weights.Draw(new SvgWriter(markup));
            if (report.Tasks.Count > WeightsChart.MostLines) markup.Element("p", $"The {WeightsChart.Extremes} highest and {WeightsChart.Extremes} lowest final weights are named; the band holds the middle 80\u00a0% of the tasks.", ("class", "caption"));
        }
        else
        {
            markup.Element("p", "No balancer weights were recorded.", ("class", "missing"));
        }

        markup.Close().Line().Close().Close().Line();
    }

    private static void Facts(MarkupWriter markup, RunReport report)
    {
        markup.Open("section", ("id", "facts")).Element("h2", "Run facts").Line().Open("dl");
        (string Name, string Value)[] facts =
        [
            ("Data", report.DataSource),
            ("Rows", $"{Numbers.Count(report.TrainRows)} train, {Numbers.Count(report.ValidRows)} validation, {Numbers.Count(report.TestRows)} test"),
            ("Model", report.Model),
            ("Parameters", report.Parameters is long parameters ? Numbers.Count(parameters) : ""),
            ("Operations per row", report.FlopsPerRow is long flops ? $"{Numbers.Short(flops)} floating-point operations" : ""),
            ("Balancer", report.Balancer),
            ("Balancer's rule", report.Balancing?.ToString() ?? ""),
            ("Seed", report.Seed.ToString()),
            ("Epochs", report.History.Count > 0 ? Numbers.Count(report.History.Count) : ""),
            ("Wall time", report.WallSeconds is double wall && double.IsFinite(wall) ? Numbers.Duration(wall) : ""),
            ("Training speed", report.RowsPerSecond is double speed && double.IsFinite(speed) ? $"{Numbers.Short(speed)} rows/s" : ""),
            ("Memory of a step", report.Memory?.ToString() ?? ""),
            ("Created", report.Created),
            ("Files", string.Join(", ", report.Files)),
        ];
        foreach ((string name, string value) in facts)
            if (value.Length > 0) markup.Open("div").Element("dt", name).Element("dd", value).Close();
        markup.Close().Line();
        if (report.Command.Length > 0) markup.Element("h3", "Run it again").Open("pre").Element("code", report.Command).Close();
        markup.Close().Line();
    }

    internal static string Plural(int count, string noun) => $"{Numbers.Count(count)} {noun}{(count == 1 ? "" : "s")}";
}
