using System.Text;

namespace Polymath.Learning.Reporting.Charts;

/// <summary>Draws one chart as inline SVG. Colours are classes only, so that the page's style sheet decides them for light, dark and print.</summary>
internal sealed class SvgWriter(MarkupWriter markup)
{
    /// <summary>Starts a chart: an image for assistive technology, with a title and a description in words.</summary>
    public void Begin(string id, double width, double height, string title, string description)
    {
        markup.Open("svg", ("class", "chart"), ("id", id), ("role", "img"), ("viewBox", $"0 0 {N(width)} {N(height)}"), ("xmlns", "http://www.w3.org/2000/svg"), ("aria-labelledby", $"{id}-title {id}-desc"));
        markup.Element("title", title, ("id", $"{id}-title"));
        markup.Element("desc", description, ("id", $"{id}-desc")).Line();
    }

    public void End() => markup.Close().Line();

    public void Line(double x1, double y1, double x2, double y2, string style)
        => markup.Leaf("line", ("x1", N(x1)), ("y1", N(y1)), ("x2", N(x2)), ("y2", N(y2)), ("class", style));

    public void Circle(double x, double y, double radius, string style, string? hover = null)
    {
        if (hover is null) markup.Leaf("circle", ("cx", N(x)), ("cy", N(y)), ("r", N(radius)), ("class", style));
        else markup.Open("circle", ("cx", N(x)), ("cy", N(y)), ("r", N(radius)), ("class", style)).Element("title", hover).Close();
    }

    public void Rectangle(double x, double y, double width, double height, string style, double? opacity = null, string? hover = null)
    {
        ReadOnlySpan<(string, string?)> attributes =
            [("x", N(x)), ("y", N(y)), ("width", N(width)), ("height", N(height)), ("class", style), ("fill-opacity", opacity is double value ? N(value) : null)];
        if (hover is null) markup.Leaf("rect", attributes);
        else markup.Open("rect", attributes).Element("title", hover).Close();
    }

    /// <summary>Text; a full form different from what is shown becomes the hover title.</summary>
    public void Text(double x, double y, string text, string style, string anchor = "start", string? full = null, bool vertical = false, double? fontSize = null)
    {
        markup.Open("text", ("x", N(x)), ("y", N(y)), ("class", style), ("text-anchor", anchor == "start" ? null : anchor), ("transform", vertical ? $"rotate(-90 {N(x)} {N(y)})" : null), ("font-size", fontSize is double size ? N(size) : null)).Text(text);
        if (full is not null && full != text) markup.Element("title", full);
        markup.Close();
    }

    /// <summary>A line through the points whose coordinates are numbers; a gap splits it, a point alone becomes a dot.</summary>
    public void Polyline(ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, string style, string dotStyle)
    {
        for (int i = 0; i < xs.Length;)
        {
            if (double.IsNaN(ys[i]))
            {
                i++;
                continue;
            }

            int start = i;
            while (i < xs.Length && !double.IsNaN(ys[i])) i++;
            if (i - start == 1) Circle(xs[start], ys[start], 3, dotStyle);
            else markup.Leaf("polyline", ("points", Points(xs[start..i], ys[start..i])), ("class", style));
        }
    }

    public void Polygon(ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, string style) => markup.Leaf("polygon", ("points", Points(xs, ys)), ("class", style));

    private static string Points(ReadOnlySpan<double> xs, ReadOnlySpan<double> ys)
    {
        var points = new StringBuilder(xs.Length * 12);
        for (int i = 0; i < xs.Length; i++) points.Append(i == 0 ? "" : " ").Append(N(xs[i])).Append(',').Append(N(ys[i]));
        return points.ToString();
    }

    private static string N(double value) => MarkupWriter.Number(value);
}
