using System.Globalization;
using Polymath.Learning.Reporting;
using Polymath.Learning.Reporting.Charts;

namespace Polymath.Merging.Reporting;

/// <summary>
/// A merge as one self-contained HTML page: how far each model moved from the base, which models pull in the same direction and where their signs
/// conflict, layer by layer, and the parameters that each layer was merged with. No scripts, no files beside it.
/// </summary>
/// <example><code>
/// AtomicFile.WriteText("report.html", writer => MergeReport.Write(analysis, facts, writer));
/// </code></example>
public static class MergeReport
{
    private const int MostRows = 2_000;

    /// <summary>Writes the page; encode it as UTF-8.</summary>
    /// <param name="analysis">The measured geometry.</param>
    /// <param name="facts">Name, method and circumstances of the merge.</param>
    /// <param name="writer">Receives the page.</param>
    public static void Write(MergeAnalysis analysis, MergeFacts facts, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(writer);
        var markup = new MarkupWriter(writer);
        markup.Doctype().Open("html", ("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en")).Line().Open("head").Line();
        markup.Leaf("meta", ("charset", "utf-8")).Line().Leaf("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        markup.Leaf("meta", ("name", "color-scheme"), ("content", "light dark")).Line();
        markup.Element("title", $"{facts.Name} \u2013 Polymath merge report").Line();
        markup.Open("style").Raw(ReportStyle.Css).Close().Line().Close().Line().Open("body").Line().Open("main").Line();
        Header(markup, analysis, facts);
        Warnings(markup, facts);
        Models(markup, analysis);
        Layers(markup, analysis);
        Tensors(markup, analysis);
        Facts(markup, facts);
        markup.Close().Line().Close().Line().Close().Line();
    }

    private static void Header(MarkupWriter markup, MergeAnalysis analysis, MergeFacts facts)
    {
        markup.Open("header").Line().Element("h1", facts.Name).Line();
        markup.Element("p", string.Join(" \u00b7 ", new[] { facts.Method, HtmlReport.Plural(analysis.Models.Count, "model"), HtmlReport.Plural(analysis.Tensors.Count, "tensor") }.Where(part => part.Length > 0)), ("class", "sub")).Line();
        (string tone, string word, string sentence) = Verdict(analysis);
        markup.Open("p", ("class", $"verdict {tone}"), ("id", "verdict")).Element("strong", word).Text(" ").Element("span", sentence).Close().Line().Close().Line();
    }

    // What the signs say: near a half, two models disagree as often as independent noise does.
    private static (string Tone, string Word, string Sentence) Verdict(MergeAnalysis analysis)
    {
        double share = analysis.ConflictShare;
        if (!analysis.OfTaskVectors) return ("mixed", "No base.", "There is no base model, so the models are compared as they are; give base_model to see what each fine-tune changed.");
        if (double.IsNaN(share)) return ("helped", "No overlap.", "No weight is changed by more than one model, so nothing can conflict.");
        string sentence = $"{Percent(share)} of the weights that several models change are pulled in both directions.";
        int n = analysis.Models.Count;
        double chance = 1 - Math.Pow(2, 1 - n);
        return share switch
        {
            _ when share > 0.9 * chance => ("hurt", "Conflict.", $"{sentence} That is about what {n} unrelated changes would give ({Percent(chance)}): expect a plain sum to interfere, and try a sign election (ties, dare_ties) or fewer models."),
            _ when share > 0.5 * chance => ("mixed", "Some conflict.", $"{sentence} Unrelated changes would give {Percent(chance)}."),
            _ => ("helped", "Agreement.", $"{sentence} Unrelated changes would give {Percent(chance)}: these models mostly agree."),
        };
    }

    private static void Warnings(MarkupWriter markup, MergeFacts facts)
    {
        if (facts.Warnings.Count == 0) return;
        markup.Open("section", ("id", "notes")).Element("h2", "Notes").Open("ul");
        foreach (string note in facts.Warnings) markup.Element("li", note);
        markup.Close().Close().Line();
    }

    private static void Models(MarkupWriter markup, MergeAnalysis analysis)
    {
        string what = analysis.OfTaskVectors ? "Task vectors" : "Weights";
        markup.Open("section", ("id", "models")).Element("h2", what).Line().Open("div", ("class", "pair")).Line();
        markup.Open("figure", ("class", "wide")).Element("figcaption", analysis.OfTaskVectors ? "Do the models change the same direction?" : "How alike are the models?").Line();
        int n = analysis.Models.Count;
        if (n > 1)
        {
            double[] cosines = [.. analysis.Models.SelectMany(left => analysis.Models.Select(right => analysis.Cosine(left, right)))];
            new HeatMap { Id = "chart-cosines", Title = "Cosines between the models", Description = $"Cosines of {what.ToLowerInvariant()} over all tensors.", Names = analysis.Models, Values = cosines, NegativeLabel = "opposite", PositiveLabel = "same direction" }.Draw(new SvgWriter(markup));
            markup.Element("p", "Cosine of the angle over all tensors: 0 means unrelated, below 0 the models undo each other's changes.", ("class", "caption"));
        }
        else
        {
            markup.Element("p", "One model has nothing to be compared with.", ("class", "missing"));
        }

        markup.Close().Line().Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Models"));
        markup.Open("table").Open("thead").Open("tr").Element("th", "Model", ("scope", "col"));
        foreach (string title in analysis.OfTaskVectors ? (string[])["Norm of the change", "Relative to the base"] : ["Norm"]) markup.Element("th", title, ("scope", "col"), ("class", "number"));
        markup.Close().Close().Line().Open("tbody").Line();
        foreach (string model in analysis.Models)
        {
            double norm = analysis.Norm(model);
            markup.Open("tr").Element("th", model, ("scope", "row")).Element("td", Numbers.Quantity(norm), ("class", "number"));
            if (analysis.OfTaskVectors) markup.Element("td", Percent(norm / analysis.BaseNorm), ("class", "number"));
            markup.Close().Line();
        }

        markup.Close().Close().Close().Close().Close().Line();
    }

    private static void Layers(MarkupWriter markup, MergeAnalysis analysis)
    {
        int[] layers = [.. analysis.Tensors.Select(tensor => tensor.Layer).OfType<int>().Distinct().Order()];
        if (layers.Length < 2) return;
        markup.Open("section", ("id", "layers")).Element("h2", "Layer by layer").Line().Open("div", ("class", "pair")).Line();
        double[] x = [.. layers.Select(layer => (double)layer)];
        ILookup<int?, TensorGeometry> byLayer = analysis.Tensors.ToLookup(tensor => tensor.Layer);
        Figure(markup, "How far each model moved", new LineChart
        {
            Id = "chart-norms",
            Title = "Change by layer",
            Description = "Norm of each model's change relative to the base, by layer.",
            Width = 440,
            PanelHeight = 220,
            LabelColumn = 104,
            X = x,
            XLabel = "layer",
            Panels = [new LinePanel(analysis.OfTaskVectors ? "norm of the change / norm of the base" : "norm", [.. analysis.Models.Select((model, i) => new LineSeries(model, [.. layers.Select(layer => RelativeNorm(byLayer[layer], model, analysis.OfTaskVectors))], i, Labelled: true))])],
        });
        Figure(markup, "Where the signs conflict", new LineChart
        {
            Id = "chart-conflicts",
            Title = "Sign conflicts by layer",
            Description = "Share of jointly changed weights that are pulled in both directions, by layer.",
            Width = 440,
            PanelHeight = 220,
            X = x,
            XLabel = "layer",
            Panels = [new LinePanel("share of jointly changed weights", [new LineSeries("conflict", [.. layers.Select(layer => ConflictShare(byLayer[layer]))], 1)])],
        });
        string[] parameters = [.. analysis.Tensors.SelectMany(tensor => tensor.Weights).SelectMany(set => set.Values.Where(value => value.Value is double).Select(value => value.Key)).Distinct(StringComparer.Ordinal)];
        foreach (string parameter in parameters)
        {
            Figure(markup, $"The {parameter} that each layer was merged with", new LineChart
            {
                Id = $"chart-{parameter}",
                Title = $"{parameter} by layer",
                Description = $"Mean {parameter} over the tensors of each layer, by model.",
                Width = 440,
                PanelHeight = 180,
                LabelColumn = 104,
                X = x,
                XLabel = "layer",
                Panels = [new LinePanel($"mean {parameter} over the layer's tensors", [.. analysis.Models.Select((model, i) => new LineSeries(model, [.. layers.Select(layer => MeanParameter(byLayer[layer], model, parameter))], i, Labelled: true))])],
            });
        }

        markup.Close().Close().Line();
    }

    private static void Figure(MarkupWriter markup, string caption, LineChart chart)
    {
        markup.Open("figure", ("class", "wide")).Element("figcaption", caption).Line();
        chart.Draw(new SvgWriter(markup));
        markup.Close().Line();
    }

    private static void Tensors(MarkupWriter markup, MergeAnalysis analysis)
    {
        markup.Open("section", ("id", "tensors")).Element("h2", "Tensors").Line();
        if (analysis.Tensors.Count > MostRows) markup.Element("p", $"The first {Numbers.Count(MostRows)} of {Numbers.Count(analysis.Tensors.Count)}.", ("class", "caption"));
        markup.Open("details").Element("summary", "Every tensor with its parameters, norms and conflicts").Line();
        markup.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Tensors")).Open("table").Open("thead").Open("tr").Element("th", "Tensor", ("scope", "col"));
        markup.Element("th", "Sign conflict", ("scope", "col"), ("class", "number"));
        foreach (string model in analysis.Models) markup.Element("th", model, ("scope", "col"), ("class", "number"));
        markup.Element("th", "Parameters", ("scope", "col")).Close().Close().Line().Open("tbody").Line();
        foreach (TensorGeometry tensor in analysis.Tensors.Take(MostRows))
        {
            markup.Open("tr").Element("th", tensor.Name, ("scope", "row")).Element("td", double.IsNaN(tensor.ConflictShare) ? Numbers.None : Percent(tensor.ConflictShare), ("class", "number"));
            foreach (string model in analysis.Models)
            {
                int at = tensor.IndexOf(model);
                markup.Open("td", ("class", "number")).Text(at < 0 ? Numbers.None : Numbers.Quantity(tensor.Norm(at)));
                if (at >= 0 && tensor.Weights[at].Values.Count > 0) markup.Element("small", tensor.Weights[at].ToString());
                markup.Close();
            }

            markup.Element("td", tensor.Parameters).Close().Line();
        }

        markup.Close().Close().Close().Close().Close().Line();
    }

    private static void Facts(MarkupWriter markup, MergeFacts facts)
    {
        markup.Open("section", ("id", "facts")).Element("h2", "Merge facts").Line().Open("dl");
        foreach ((string name, string value) in facts.Details)
            if (value.Length > 0) markup.Open("div").Element("dt", name).Element("dd", value).Close();
        markup.Close().Line();
        if (facts.Configuration.Length > 0) markup.Element("h3", "Configuration").Open("pre").Element("code", facts.Configuration).Close();
        markup.Close().Line();
    }

    private static double RelativeNorm(IEnumerable<TensorGeometry> tensors, string model, bool relative)
    {
        double change = 0, theta0 = 0;
        foreach (TensorGeometry tensor in tensors)
        {
            int at = tensor.IndexOf(model);
            if (at < 0) continue;
            change += tensor.Products[(at * tensor.Models.Count) + at];
            theta0 += tensor.BaseSquare;
        }

        return Math.Sqrt(relative ? change / theta0 : change);
    }

    private static double ConflictShare(IEnumerable<TensorGeometry> tensors)
    {
        long shared = tensors.Sum(tensor => tensor.Shared);
        return shared == 0 ? double.NaN : (double)tensors.Sum(tensor => tensor.Conflicts) / shared;
    }

    private static double MeanParameter(IEnumerable<TensorGeometry> tensors, string model, string parameter)
    {
        double[] values = [.. tensors.Select(tensor => tensor.IndexOf(model) is >= 0 and int at ? tensor.Weights[at].NumberOrNull(parameter) : null).OfType<double>()];
        return values.Length == 0 ? double.NaN : values.Average();
    }

    private static string Percent(double share) => double.IsNaN(share) ? Numbers.None : (100 * share).ToString(share < 0.1 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "\u00a0%";
}
