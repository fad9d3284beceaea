using System.Globalization;
using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>The section of the page that only models of experts have: anomalies, gate weights by level as heat maps, and a row per expert.</summary>
internal static class ExpertSection
{
    public static void Write(MarkupWriter markup, ExpertReport report)
    {
        markup.Open("section", ("id", "experts")).Element("h2", "How the experts were used").Line();
        IReadOnlyList<ExpertAnomaly> anomalies = report.Anomalies;
        if (anomalies.Count == 0) markup.Element("p", $"No expert has collapsed, none is captured by one task, and no task neglects its own, over {Numbers.Count(report.Rows)} rows.").Line();
        else
        {
            markup.Open("ul", ("class", "pairs"));
            foreach (ExpertAnomaly anomaly in anomalies) markup.Element("li", anomaly.Sentence);
            markup.Close().Line();
        }

        markup.Open("div", ("class", "pair")).Line();
        int[] levels = [.. report.Gates.Select(gate => gate.Level).Distinct()];
        foreach (int level in levels)
        {
            var map = GateMap.Of(report, level);
            string of = levels.Length > 1 ? $" at level {level.ToString(CultureInfo.InvariantCulture)}" : string.Empty;
            markup.Open("figure", ("class", "wide")).Element("figcaption", $"Mean weight of every expert in every gate{of}").Line();
            map.Draw(new SvgWriter(markup));
            markup.Element("p", map.Caption, ("class", "caption")).Close().Line();
        }

        markup.Close().Line();
        Table(markup, report);
        markup.Close().Line();
    }

    private static void Table(MarkupWriter markup, ExpertReport report)
    {
        bool levels = report.Experts.Any(expert => expert.Level > 0);
        markup.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Experts"));
        markup.Open("table", ("id", "experts-table")).Open("thead").Open("tr").Element("th", "Expert", ("scope", "col"));
        foreach (string title in (ReadOnlySpan<string>)["Zeros", "Dead units", "Mean", "Deviation", "Largest share"]) markup.Element("th", title, ("scope", "col"), ("class", "number"));
        markup.Close().Close().Line().Open("tbody").Line();
        foreach (ExpertFigures expert in report.Experts)
        {
            markup.Open("tr").Open("th", ("scope", "row"), ("title", expert.Name)).Element("span", expert.Name, ("class", "name"));
            if (levels) markup.Element("small", $"level {expert.Level.ToString(CultureInfo.InvariantCulture)}");
            markup.Close();
            Cell(markup, Share(expert.ZeroRate), expert.ZeroRate >= ExpertReport.CollapsedZeros);
            Cell(markup, $"{Numbers.Count(expert.DeadUnits)} of {Numbers.Count(expert.Width)}", expert.DeadUnits > ExpertReport.CollapsedUnits * expert.Width);
            Cell(markup, Numbers.Quantity(expert.Mean), false);
            Cell(markup, Numbers.Quantity(expert.Deviation), report.IsFlagged(ExpertAnomalyKind.Collapse, expert.Level, expert.Name));
            (string Consumer, double Share, int Consumers)? largest = report.LargestShare(expert);
            markup.Open("td", ("class", report.IsFlagged(ExpertAnomalyKind.Degradation, expert.Level, expert.Name) ? "number negative" : "number")).Text(largest is null ? Numbers.None : Share(largest.Value.Share));
            if (largest is not null) markup.Element("small", largest.Value.Consumer);
            markup.Close().Close().Line();
        }

        markup.Close().Close().Close().Line();
        markup.Element("p", $"Over {Numbers.Count(report.Rows)} rows. Largest share: of the weight that all readers give an expert, the part of the one that gives it most.", ("class", "caption")).Line();
    }

    private static void Cell(MarkupWriter markup, string text, bool bad) => markup.Element("td", text, ("class", bad ? "number negative" : "number"));

    private static string Share(double share) => double.IsNaN(share) ? Numbers.None : $"{(100 * share).ToString("0.#", CultureInfo.InvariantCulture)}\u00a0%";
}
