using System.Globalization;
using System.Xml;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>The weights of tasks as dots on a line from 0 to 1: a line per run of the generated tasks, and the schools, stacked.</summary>
internal static class TaskWeightPicture
{
    private const int Width = 760, Left = 90, Right = 730, Top = 92, Pitch = 18, Gap = 70, Bins = 80, Stack = 6;

    // Okabe and Ito's colours, lighter on a dark page.
    private const string Css = """
        svg{--page:#fff;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;--in:#0072b2;--out:#c65a00}
        @media (prefers-color-scheme:dark){svg{--page:#0f1317;--ink:#e6eaef;--soft:#a3adb8;--rule:#39424c;--in:#6cc1f5;--out:#ffa552}}
        text{fill:var(--ink);font:12.5px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
        .title{font-size:16px;font-weight:600}.soft{fill:var(--soft)}.page{fill:var(--page)}.rule{stroke:var(--rule)}.in{fill:var(--in)}.out{fill:var(--out)}
        circle{fill-opacity:.75}
        """;

    /// <summary>Writes the SVG.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="runs">sigmoid(theta) by task, of each run.</param>
    /// <param name="planted">The tasks of the runs that do not belong.</param>
    /// <param name="schools">sigmoid(theta) by school.</param>
    public static void Write(TextWriter output, IReadOnlyList<IReadOnlyDictionary<string, double>> runs, IReadOnlyList<string> planted, IReadOnlyDictionary<string, double> schools)
    {
        int[] counts = new int[Bins];
        foreach (double weight in schools.Values) counts[Bin(weight)]++;
        int floor = Top + (runs.Count * Pitch) + Gap + (Stack * counts.Max()), height = floor + 50;
        using var svg = XmlWriter.Create(output, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" });
        svg.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        svg.Attributes(("viewBox", $"0 0 {Width} {height}"), ("width", N(Width)), ("height", N(height)), ("role", "img"), ("aria-labelledby", "title description"));
        svg.Text("title", "Which tasks do not belong", ("id", "title"));
        svg.Text("desc", "Dots on a line from 0 to 1. In every run of the generated tasks the two planted ones lie apart from the other eight, at either end. Most schools are driven to one of the ends, because the step of theta is a sum over the rows of a task.", ("id", "description"));
        svg.Text("style", Css);
        svg.Element("rect", ("class", "page"), ("width", N(Width)), ("height", N(height)), ("rx", "10"));
        svg.Text("text", "Which tasks do not belong: the learned weight of every task", ("class", "title"), ("x", "24"), ("y", "34"));
        svg.Element("circle", ("class", "in"), ("cx", "30"), ("cy", "54"), ("r", "5"));
        svg.Text("text", "belongs", ("x", "42"), ("y", "58"));
        svg.Element("circle", ("class", "out"), ("cx", "114"), ("cy", "54"), ("r", "5"));
        svg.Text("text", "planted outlier; which end is whose is arbitrary", ("x", "126"), ("y", "58"));
        for (int run = 0; run < runs.Count; run++)
        {
            double y = Top + (run * Pitch);
            svg.Element("line", ("class", "rule"), ("x1", N(Left)), ("y1", N(y)), ("x2", N(Right)), ("y2", N(y)));
            svg.Text("text", string.Create(CultureInfo.InvariantCulture, $"run {run + 1}"), ("class", "soft"), ("x", N(Left - 14)), ("y", N(y + 4)), ("text-anchor", "end"));
            foreach ((string task, double weight) in runs[run].OrderBy(entry => planted.Contains(entry.Key))) svg.Element("circle", ("class", planted.Contains(task) ? "out" : "in"), ("cx", N(X(weight))), ("cy", N(y)), ("r", "5"));
        }

        svg.Text("text", string.Create(CultureInfo.InvariantCulture, $"{schools.Count} schools, a dot each"), ("x", "24"), ("y", N(Top + (runs.Count * Pitch) + 24)));
        Array.Clear(counts);
        foreach (double weight in schools.Values.Order())
        {
            int bin = Bin(weight);
            svg.Element("circle", ("class", "in"), ("cx", N(X((bin + 0.5) / Bins))), ("cy", N(floor - 4 - (Stack * counts[bin]++))), ("r", "2.8"));
        }

        svg.Element("line", ("class", "rule"), ("x1", N(Left)), ("y1", N(floor)), ("x2", N(Right)), ("y2", N(floor)));
        for (int tick = 0; tick <= 4; tick++) svg.Text("text", (tick / 4.0).ToString("0.00", CultureInfo.InvariantCulture), ("class", "soft"), ("x", N(X(tick / 4.0))), ("y", N(floor + 18)), ("text-anchor", "middle"));
        svg.Text("text", "sigmoid(theta), the share of the outlier ensemble", ("class", "soft"), ("x", N((Left + Right) / 2.0)), ("y", N(floor + 38)), ("text-anchor", "middle"));
        svg.WriteEndElement();
    }

    private static int Bin(double weight) => Math.Min(Bins - 1, (int)(weight * Bins));

    private static double X(double weight) => Left + (weight * (Right - Left));

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
