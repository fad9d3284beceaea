using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>The sections of the page that only boosted trees have.</summary>
internal static class BoostingSections
{
    public static void Write(MarkupWriter markup, BoostingReport report)
    {
        Mixes(markup, report);
        Losses(markup, report);
        Importances(markup, report);
        if (report.Search is { } search) Search(markup, search);
    }

    private static void Mixes(MarkupWriter markup, BoostingReport report)
    {
        if (report.Mixes.Count == 0) return;
        markup.Open("section", ("id", "mixes")).Element("h2", "Which tasks do not belong?").Line();
        markup.Element("p", report.OutlierSentence);
        markup.Open("figure", ("class", "wide")).Element("figcaption", "How each task mixes the two robust ensembles").Line();
        new MixChart(report).Draw(new SvgWriter(markup));
        markup.Element("p", $"Which end is which is arbitrary: what counts is the distance to the median. A task is an outlier from a distance of {BoostingReport.OutlierScore.ToString(System.Globalization.CultureInfo.InvariantCulture)} on.", ("class", "caption"));
        markup.Close().Close().Line();
    }

    private static void Losses(MarkupWriter markup, BoostingReport report)
    {
        markup.Open("section", ("id", "losses")).Element("h2", "Loss over the iterations").Line();
        if (report.Losses.Count == 0) markup.Element("p", "No history was recorded.", ("class", "missing"));
        markup.Open("div", ("class", "multiples")).Line();
        foreach ((string name, LineChart chart) in LossCharts.Of(report))
        {
            markup.Open("figure").Element("figcaption", name).Line();
            chart.Draw(new SvgWriter(markup));
            markup.Close().Line();
        }

        markup.Close().Close().Line();
    }

    private static void Importances(MarkupWriter markup, BoostingReport report)
    {
        if (report.Importances.Count == 0) return;
        markup.Open("section", ("id", "importances")).Element("h2", "What the trees look at").Line();
        markup.Open("figure", ("class", "wide")).Element("figcaption", "Importance of the features").Line();
        ImportanceChart.Of(report).Draw(new SvgWriter(markup));
        markup.Close().Close().Line();
    }

    private static void Search(MarkupWriter markup, SearchReport search)
    {
        markup.Open("section", ("id", "search")).Element("h2", "Grid search").Line();
        markup.Element("p", $"{search.Folds}-fold cross-validation of {HtmlReport.Plural(search.Points.Count, "point")}, best first; {(search.HigherIsBetter ? "more" : "less")} is better. The model was fitted anew with the chosen point on all training rows.", ("class", "caption"));
        markup.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Grid search"));
        markup.Open("table").Open("thead").Open("tr").Element("th", "Settings", ("scope", "col")).Element("th", $"{search.Criterion}\u00a0{(search.HigherIsBetter ? "\u2191" : "\u2193")}", ("scope", "col"), ("class", "number")).Element("th", "\u00b1", ("scope", "col"), ("class", "number")).Element("th", string.Empty, ("scope", "col")).Close().Close().Line().Open("tbody").Line();
        foreach (SearchPoint point in search.Ranked)
        {
            markup.Open("tr").Element("td", point.Name).Element("td", Numbers.Metric(point.Mean, search.HigherIsBetter), ("class", "number")).Element("td", Numbers.Metric(point.Deviation, search.HigherIsBetter), ("class", "number")).Element("td", point.Chosen ? "chosen" : string.Empty).Close().Line();
        }

        markup.Close().Close().Close().Close().Line();
    }
}
