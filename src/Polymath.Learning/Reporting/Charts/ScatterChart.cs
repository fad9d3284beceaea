using System.Globalization;

namespace Polymath.Learning.Reporting.Charts;

/// <summary>Named points over a logarithmic horizontal scale: what something reaches against what it costs.</summary>
internal sealed class ScatterChart
{
    private const double Width = 640, Height = 360, Left = 56, Right = 16, Top = 12, Bottom = 40, Font = 12, Dot = 4.5, LabelHeight = 14;

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string XLabel { get; init; }

    public required string YLabel { get; init; }

    public required IReadOnlyList<ScatterPoint> Points { get; init; }

    public void Draw(SvgWriter svg)
    {
        svg.Begin(Id, Width, Height, Title, Description);
        ScatterPoint[] drawn = [.. Points.Where(point => point.X > 0 && Axis.Drawable(point.X) && Axis.Drawable(point.Y))];
        if (drawn.Length == 0)
        {
            svg.Text(Width / 2, Height / 2, "no finite values", "gap", "middle");
            svg.End();
            return;
        }

        double low = Math.Log10(drawn.Min(point => point.X)), high = Math.Log10(drawn.Max(point => point.X));
        double pad = Math.Max(0.08, 0.06 * (high - low));
        (low, high) = (low - pad, high + pad);
        double bottom = Height - Bottom, right = Width - Right;
        double X(double value) => Left + ((Math.Log10(value) - low) / (high - low) * (right - Left));
        Axis y = Axis.Around(drawn.Select(point => point.Y), bottom, Top, ticks: 6)!;
        foreach (double tick in y.Ticks)
        {
            svg.Line(Left, y.Map(tick), right, y.Map(tick), "grid");
            svg.Text(Left - 6, y.Map(tick) + 4, y.Label(tick), "tick", "end");
        }

        foreach (double tick in Decades(low, high))
        {
            svg.Line(X(tick), Top, X(tick), bottom, "grid");
            svg.Text(X(tick), bottom + 15, Numbers.Short(tick), "tick", "middle");
        }

        svg.Text((Left + right) / 2, Height - 4, XLabel, "tick", "middle");
        svg.Text(Left + 4, Top + 8, YLabel, "tick");
        Place(svg, drawn, X, y, right);
        svg.End();
    }

    // A name stands right of its dot, else left of it, and moves down or up where another name is.
    private static void Place(SvgWriter svg, ScatterPoint[] points, Func<double, double> x, Axis y, double right)
    {
        var taken = new List<(double Left, double Right, double Y)>();
        foreach (ScatterPoint point in points) taken.Add((x(point.X) - Dot, x(point.X) + Dot, y.Map(point.Y)));
        foreach (ScatterPoint point in points.OrderByDescending(point => point.Y))
        {
            double px = x(point.X), py = y.Map(point.Y), width = TextMetrics.Width(point.Name, Font);
            svg.Circle(px, py, Dot, point.Style, point.Hover);
            (double Dx, double Dy)[] places = [(Dot + 4, 0), (-Dot - 4 - width, 0), (Dot + 2, LabelHeight * 0.8), (Dot + 2, -LabelHeight * 0.8), (-Dot - 2 - width, LabelHeight * 0.8), (-Dot - 2 - width, -LabelHeight * 0.8), (-width / 2, LabelHeight * 1.2), (-width / 2, -LabelHeight * 1.2)];
            foreach ((double dx, double dy) in places)
            {
                double start = px + dx, end = start + width, middle = py + dy;
                if (start < Left || end > right || middle < Top || taken.Any(other => start < other.Right && other.Left < end && Math.Abs(middle - other.Y) < LabelHeight * 0.75)) continue;
                taken.Add((start, end, middle));
                svg.Text(start, middle + 4, point.Name, "label small", full: point.Hover);
                break;
            }
        }
    }

    private static IEnumerable<double> Decades(double low, double high)
    {
        double[] steps = high - low > 3 ? [1] : high - low > 1 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
        for (int power = (int)Math.Floor(low); power <= (int)Math.Ceiling(high); power++)
        {
            foreach (double step in steps)
            {
                double value = double.Parse(string.Create(CultureInfo.InvariantCulture, $"{step}e{power}"), CultureInfo.InvariantCulture);
                if (Math.Log10(value) >= low && Math.Log10(value) <= high) yield return value;
            }
        }
    }
}
