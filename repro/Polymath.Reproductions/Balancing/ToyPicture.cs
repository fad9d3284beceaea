using System.Globalization;
using System.Text;
using System.Xml;

namespace Polymath.Reproductions.Balancing;

/// <summary>
/// The toy landscape as small multiples, one panel per balancer: bands of the mean loss, stronger where it is lower, the Pareto set, and the
/// ways from the four starts.
/// </summary>
internal static class ToyPicture
{
    private const int Columns = 5, Panel = 172, Gap = 16, Head = 26, Top = 78, Margin = 20, Grid = 121, ParetoPoints = 41;
    private const double Extent = 11.5, Tolerance = 0.4;
    private static readonly double[] s_levels = [6, 4, 2, 0, -2, -4, -6, -8, -10, -12, -14];

    // Okabe and Ito's colours, lighter on a dark page.
    private const string Css = """
        svg{--page:#fff;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;--band:#3b4a5a;--bandalpha:.075;--pareto:#b00020;--s0:#0072b2;--s1:#c65a00;--s2:#007f5f;--s3:#a3468a}
        @media (prefers-color-scheme:dark){svg{--page:#0f1317;--ink:#e6eaef;--soft:#a3adb8;--rule:#39424c;--band:#9fb2c6;--bandalpha:.062;--pareto:#ff6b81;--s0:#6cc1f5;--s1:#ffa552;--s2:#3ddba9;--s3:#f0a3d4}}
        text{fill:var(--ink);font:12.5px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
        .title{font-size:16px;font-weight:600}.name{font-size:13.5px;font-weight:600}.soft{fill:var(--soft)}
        .page{fill:var(--page)}.rim{fill:none;stroke:var(--rule)}
        .band{fill:var(--band);fill-opacity:var(--bandalpha);fill-rule:evenodd}
        .pareto{fill:none;stroke:var(--pareto);stroke-width:2.6;stroke-linecap:round}
        .path{fill:none;stroke-width:1.9;stroke-linejoin:round;stroke-linecap:round}
        .halo{fill:none;stroke:var(--page);stroke-width:4;stroke-opacity:.75;stroke-linejoin:round;stroke-linecap:round}
        .p0{stroke:var(--s0)}.p1{stroke:var(--s1)}.p2{stroke:var(--s2)}.p3{stroke:var(--s3)}
        .d0{fill:var(--s0)}.d1{fill:var(--s1)}.d2{fill:var(--s2)}.d3{fill:var(--s3)}
        .end{stroke:var(--page);stroke-width:1.2}
        .start{fill:var(--page);stroke-width:1.8}
        """;

    /// <summary>Writes the SVG.</summary>
    public static void Write(TextWriter output, IReadOnlyList<ToyTrajectories> runs)
    {
        int rows = (runs.Count + Columns - 1) / Columns, width = (2 * Margin) + (Columns * Panel) + ((Columns - 1) * Gap), height = Top + (rows * (Head + Panel + Gap)) + Margin - Gap;
        using var svg = XmlWriter.Create(output, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" });
        svg.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        svg.Attributes(("viewBox", $"0 0 {width} {height}"), ("width", N(width)), ("height", N(height)), ("role", "img"), ("aria-labelledby", "title description"));
        svg.Text("title", "Two losses, four starts: where each balancer goes", ("id", "title"));
        svg.Text("desc", "One panel per balancer: bands of the mean of both losses, stronger where it is lower; the Pareto set as a line in the lower half; the way from each of four starting points to where it ended.", ("id", "description"));
        svg.Text("style", Css);
        svg.WriteStartElement("defs");
        Landscape(svg);
        svg.WriteEndElement();
        svg.Element("rect", ("class", "page"), ("width", N(width)), ("height", N(height)), ("rx", "10"));
        Legend(svg);
        for (int i = 0; i < runs.Count; i++)
        {
            int x = Margin + (i % Columns * (Panel + Gap)), y = Top + (i / Columns * (Head + Panel + Gap));
            PanelOf(svg, runs[i], x, y);
        }

        svg.WriteEndElement();
    }

    private static void Legend(XmlWriter svg)
    {
        svg.Text("text", "Two losses, four starts: where each balancer goes", ("class", "title"), ("x", N(Margin)), ("y", "30"));
        double x = Margin;
        for (int start = 0; start < ToyLandscape.Starts.Count; start++)
        {
            (double x1, double x2) = ToyLandscape.Starts[start];
            svg.Element("circle", ("class", $"start p{start}"), ("cx", N(x + 5)), ("cy", "50"), ("r", "4"));
            svg.Element("line", ("class", $"path p{start}"), ("x1", N(x + 12)), ("y1", "50"), ("x2", N(x + 30)), ("y2", "50"));
            svg.Element("circle", ("class", $"end d{start}"), ("cx", N(x + 34)), ("cy", "50"), ("r", "4.5"));
            svg.Text("text", string.Create(CultureInfo.InvariantCulture, $"from ({x1}, {x2})"), ("class", "soft"), ("x", N(x + 44)), ("y", "54"));
            x += 152;
        }

        svg.Element("line", ("class", "pareto"), ("x1", N(x)), ("y1", "50"), ("x2", N(x + 22)), ("y2", "50"));
        svg.Text("text", "Pareto set; stronger shade is lower", ("class", "soft"), ("x", N(x + 30)), ("y", "54"));
    }

    // Drawn once, used by every panel: regions of falling level over each other, so that lower is stronger.
    private static void Landscape(XmlWriter svg)
    {
        svg.WriteStartElement("symbol");
        svg.Attributes(("id", "landscape"), ("viewBox", $"0 0 {Panel} {Panel}"));
        double[,] values = new double[Grid + 2, Grid + 2];
        double step = 2 * Extent / (Grid - 1);
        for (int row = 0; row < Grid + 2; row++)
        {
            for (int column = 0; column < Grid + 2; column++) values[row, column] = ToyLandscape.Mean(((column - 1) * step) - Extent, Extent - ((row - 1) * step));
        }

        foreach (double level in s_levels)
        {
            var path = new StringBuilder();
            foreach (List<(double X, double Y)> loop in ContourTracer.Trace(values, level))
            {
                (double X, double Y)[] points = [.. loop.Select(point => ((point.X - 1) * Panel / (Grid - 1), (point.Y - 1) * Panel / (Grid - 1)))];
                points = Simplify(points, Tolerance / 2);
                if (points.Length < 3) continue;
                path.Append('M').AppendJoin(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}")).Append('z');
            }

            svg.Element("path", ("class", "band"), ("d", path.ToString()));
        }

        svg.Element("polyline", ("class", "pareto"), ("points", Points(ToyLandscape.ParetoSet(ParetoPoints).Select(point => Place(point.X1, point.X2)), Tolerance)));
        svg.WriteEndElement();
    }

    private static void PanelOf(XmlWriter svg, ToyTrajectories run, int x, int y)
    {
        svg.Text("text", run.Balancer, ("class", "name"), ("x", N(x)), ("y", N(y + 17)));
        string worst = string.Create(CultureInfo.InvariantCulture, $"worst {run.Ends.Max():0.0}");
        svg.Text("text", worst, ("class", "soft"), ("x", N(x + Panel)), ("y", N(y + 17)), ("text-anchor", "end"));
        svg.WriteStartElement("svg");
        svg.Attributes(("x", N(x)), ("y", N(y + Head)), ("width", N(Panel)), ("height", N(Panel)));
        svg.Element("use", ("href", "#landscape"), ("width", N(Panel)), ("height", N(Panel)));
        for (int start = 0; start < run.Paths.Length; start++)
        {
            string points = Points(run.Paths[start].Select(point => Place(point.X1, point.X2)), Tolerance);
            svg.Element("polyline", ("class", "halo"), ("points", points));
            svg.Element("polyline", ("class", $"path p{start}"), ("points", points));
        }

        for (int start = 0; start < run.Paths.Length; start++)
        {
            (double startX, double startY) = Place(run.Paths[start][0].X1, run.Paths[start][0].X2);
            (double endX, double endY) = Place(run.Paths[start][^1].X1, run.Paths[start][^1].X2);
            svg.Element("circle", ("class", $"start p{start}"), ("cx", N(startX)), ("cy", N(startY)), ("r", "3.2"));
            svg.Element("circle", ("class", $"end d{start}"), ("cx", N(endX)), ("cy", N(endY)), ("r", "4.2"));
        }

        svg.WriteEndElement();
        svg.Element("rect", ("class", "rim"), ("x", N(x)), ("y", N(y + Head)), ("width", N(Panel)), ("height", N(Panel)));
    }

    private static (double X, double Y) Place(double x1, double x2) => ((x1 + Extent) * Panel / (2 * Extent), (Extent - x2) * Panel / (2 * Extent));

    private static string Points(IEnumerable<(double X, double Y)> points, double tolerance) => string.Join(' ', Simplify([.. points], tolerance).Select(point => $"{N(point.X)},{N(point.Y)}"));

    // Douglas and Peucker: a stretch becomes its chord when no point lies farther from it than the tolerance.
    private static (double X, double Y)[] Simplify((double X, double Y)[] points, double tolerance)
    {
        if (points.Length < 3) return points;
        (double X, double Y) a = points[0], b = points[^1];
        double length = Math.Sqrt(((b.X - a.X) * (b.X - a.X)) + ((b.Y - a.Y) * (b.Y - a.Y))), farthest = 0;
        int split = 0;
        for (int i = 1; i < points.Length - 1; i++)
        {
            double dx = points[i].X - a.X, dy = points[i].Y - a.Y;
            double distance = length < 1e-9 ? Math.Sqrt((dx * dx) + (dy * dy)) : Math.Abs((dx * (b.Y - a.Y)) - (dy * (b.X - a.X))) / length;
            if (distance > farthest) (farthest, split) = (distance, i);
        }

        return farthest <= tolerance ? [a, b] : [.. Simplify(points[..(split + 1)], tolerance)[..^1], .. Simplify(points[split..], tolerance)];
    }

    private static string N(double value) => Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);
}
