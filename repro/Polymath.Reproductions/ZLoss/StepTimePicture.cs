using System.Globalization;
using System.Xml;

namespace Polymath.Reproductions.ZLoss;

/// <summary>Time per step over the number of classes, both logarithmic: a power of D is a straight line, and its slope the exponent.</summary>
internal static class StepTimePicture
{
    private const int Width = 760, Height = 440, Left = 76, Right = 580, Top = 64, Bottom = 380;

    // Okabe and Ito's colours, lighter on a dark page.
    private const string Css = """
        svg{--page:#fff;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;--s0:#0072b2;--s1:#c65a00;--s2:#007f5f}
        @media (prefers-color-scheme:dark){svg{--page:#0f1317;--ink:#e6eaef;--soft:#a3adb8;--rule:#39424c;--s0:#6cc1f5;--s1:#ffa552;--s2:#3ddba9}}
        text{fill:var(--ink);font:12.5px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
        .title{font-size:16px;font-weight:600}.soft{fill:var(--soft)}.page{fill:var(--page)}.rule{stroke:var(--rule)}
        .line{fill:none;stroke-width:2.2;stroke-linejoin:round}.l0{stroke:var(--s0)}.l1{stroke:var(--s1)}.l2{stroke:var(--s2)}
        .d0{fill:var(--s0)}.d1{fill:var(--s1)}.d2{fill:var(--s2)}.n0{fill:var(--s0);font-weight:600}.n1{fill:var(--s1);font-weight:600}.n2{fill:var(--s2);font-weight:600}
        """;

    /// <summary>Writes the SVG.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="classes">D of each point.</param>
    /// <param name="names">One per line.</param>
    /// <param name="milliseconds">One row per line.</param>
    /// <param name="slopes">One per line.</param>
    public static void Write(TextWriter output, IReadOnlyList<int> classes, IReadOnlyList<string> names, IReadOnlyList<double[]> milliseconds, IReadOnlyList<double> slopes)
    {
        using var svg = XmlWriter.Create(output, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" });
        svg.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        svg.Attributes(("viewBox", $"0 0 {Width} {Height}"), ("width", N(Width)), ("height", N(Height)), ("role", "img"), ("aria-labelledby", "title description"));
        svg.Text("title", "Time per step over the number of classes", ("id", "title"));
        svg.Text("desc", "Both axes logarithmic. The layers that compute all outputs rise in proportion to the number of classes; the factored layer stays level.", ("id", "description"));
        svg.Text("style", Css);
        svg.Element("rect", ("class", "page"), ("width", N(Width)), ("height", N(Height)), ("rx", "10"));
        svg.Text("text", "Time per step over the number of classes", ("class", "title"), ("x", "24"), ("y", "34"));
        svg.Text("text", "milliseconds", ("class", "soft"), ("x", "24"), ("y", "54"));
        double[] all = [.. milliseconds.SelectMany(times => times)];
        int low = (int)Math.Floor(Math.Log10(all.Min())), high = (int)Math.Ceiling(Math.Log10(all.Max()));
        for (int power = low; power <= high; power++)
        {
            double y = Y(Math.Pow(10, power), low, high);
            svg.Element("line", ("class", "rule"), ("x1", N(Left)), ("y1", N(y)), ("x2", N(Right)), ("y2", N(y)));
            svg.Text("text", Math.Pow(10, power).ToString("G4", CultureInfo.InvariantCulture), ("class", "soft"), ("x", N(Left - 8)), ("y", N(y + 4)), ("text-anchor", "end"));
        }

        foreach (int count in classes) svg.Text("text", count.ToString("N0", CultureInfo.InvariantCulture), ("class", "soft"), ("x", N(X(count, classes))), ("y", N(Bottom + 20)), ("text-anchor", "middle"));
        svg.Text("text", "classes", ("class", "soft"), ("x", N((Left + Right) / 2.0)), ("y", N(Bottom + 42)), ("text-anchor", "middle"));
        double[] labels = Labels([.. milliseconds.Select(times => Y(times[^1], low, high))]);
        for (int line = 0; line < names.Count; line++)
        {
            (double X, double Y)[] points = [.. classes.Select((count, i) => (X(count, classes), Y(milliseconds[line][i], low, high)))];
            svg.Element("polyline", ("class", $"line l{line}"), ("points", string.Join(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}"))));
            foreach ((double x, double y) in points) svg.Element("circle", ("class", $"d{line}"), ("cx", N(x)), ("cy", N(y)), ("r", "3.5"));
            svg.Text("text", names[line], ("class", $"n{line}"), ("x", N(Right + 14)), ("y", N(labels[line])));
            svg.Text("text", string.Create(CultureInfo.InvariantCulture, $"slope {slopes[line]:0.00}"), ("class", "soft"), ("x", N(Right + 14)), ("y", N(labels[line] + 16)));
        }

        svg.WriteEndElement();
    }

    // Labels at the ends of their lines, pushed apart.
    private static double[] Labels(double[] ends)
    {
        const double Pitch = 40;
        double[] places = [.. ends];
        int[] order = [.. Enumerable.Range(0, ends.Length).OrderBy(i => ends[i])];
        for (int i = 1; i < order.Length; i++) places[order[i]] = Math.Max(places[order[i]], places[order[i - 1]] + Pitch);
        return places;
    }

    private static double X(double count, IReadOnlyList<int> classes) => Left + (Math.Log(count / classes[0]) / Math.Log((double)classes[^1] / classes[0]) * (Right - Left));

    private static double Y(double time, int low, int high) => Bottom - ((Math.Log10(time) - low) / Math.Max(1, high - low) * (Bottom - Top));

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
