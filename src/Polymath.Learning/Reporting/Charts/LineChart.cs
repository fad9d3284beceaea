namespace Polymath.Learning.Reporting.Charts;

/// <summary>Lines over a common horizontal axis of whole numbers (epochs), in one or more panels below each other.</summary>
internal sealed class LineChart
{
    private const double CaptionLeft = 4, Left = 50, Right = 14, CaptionHeight = 20, PanelGap = 8, AxisHeight = 34, Font = 12, BoldFont = 12.7, LabelPitch = 15;

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required double Width { get; init; }

    public required double PanelHeight { get; init; }

    public required double[] X { get; init; }

    public required string XLabel { get; init; }

    public required IReadOnlyList<LinePanel> Panels { get; init; }

    /// <summary>Room on the right for names of lines.</summary>
    public double LabelColumn { get; init; }

    /// <summary>Where to draw a dashed vertical guide, or null.</summary>
    public double? Guide { get; init; }

    public void Draw(SvgWriter svg)
    {
        double height = (Panels.Count * (CaptionHeight + PanelHeight)) + ((Panels.Count - 1) * PanelGap) + AxisHeight;
        svg.Begin(Id, Width, height, Title, Description);
        double right = Width - Right - LabelColumn;
        Axis? x = Axis.OfCounts(X, Left, right, ticks: Math.Max(2, (int)((right - Left) / 48)));
        double y = 0;
        foreach (LinePanel panel in Panels)
        {
            double noteWidth = panel.Note.Length == 0 ? 0 : TextMetrics.Width(panel.Note, Font) + 8;
            svg.Text(CaptionLeft, y + 14, TextMetrics.Fit(panel.Caption, right - CaptionLeft - noteWidth, Font), "caption", full: panel.Caption);
            if (noteWidth > 0) svg.Text(right, y + 14, panel.Note, "caption", "end");
            DrawPanel(svg, panel, x, y + CaptionHeight, right);
            y += CaptionHeight + PanelHeight + PanelGap;
        }

        double bottom = y - PanelGap;
        if (x is not null)
        {
            foreach (double tick in x.Ticks.Where(tick => x.Only is null || tick == x.Only)) svg.Text(x.Map(tick), bottom + 15, x.Label(tick), "tick", "middle");
        }

        svg.Text((Left + right) / 2, bottom + 30, XLabel, "tick", "middle");
        svg.End();
    }

    private void DrawPanel(SvgWriter svg, LinePanel panel, Axis? x, double top, double right)
    {
        double bottom = top + PanelHeight;
        IEnumerable<double> values = panel.Series.SelectMany(series => series.Values);
        if (panel.Band is (double[] bandLow, double[] bandHigh)) values = values.Concat(bandLow).Concat(bandHigh);
        Axis? y = Axis.Around(values, bottom - 1, top + 4, ticks: Math.Max(2, (int)(PanelHeight / 30)));
        if (x is null || y is null)
        {
            svg.Rectangle(Left, top, right - Left, PanelHeight, "blank");
            svg.Text((Left + right) / 2, top + (PanelHeight / 2) + 4, "no finite values", "gap", "middle");
            return;
        }

        foreach (double tick in y.Ticks)
        {
            svg.Line(Left, y.Map(tick), right, y.Map(tick), "grid");
            svg.Text(Left - 6, y.Map(tick) + 4, y.Label(tick), "tick", "end");
        }

        svg.Line(Left, bottom, right, bottom, "zero");
        if (Guide is double guide && guide >= x.Low && guide <= x.High) svg.Line(x.Map(guide), top, x.Map(guide), bottom, "guide");
        double[] xs = Array.ConvertAll(X, x.Map);
        if (panel.Band is (double[] low, double[] high)) DrawBand(svg, xs, low, high, y);
        foreach (LineSeries series in panel.Series) DrawSeries(svg, series, xs, y);
        DrawLabels(svg, panel, xs, y, top, bottom, right);
    }

    private static void DrawSeries(SvgWriter svg, LineSeries series, double[] xs, Axis y)
    {
        double[] ys = Array.ConvertAll(series.Values, value => Axis.Drawable(value) ? y.Map(value) : double.NaN);
        svg.Polyline(xs, ys, series.Colour < 0 ? "line muted" : $"line c{series.Colour}", series.Colour < 0 ? "dot mutedfill" : $"dot f{series.Colour}");
        if (series.Marked is int marked && !double.IsNaN(ys[marked]))
            svg.Circle(xs[marked], ys[marked], 4.5, series.Colour < 0 ? "ring muted" : $"ring c{series.Colour}", $"best: {Numbers.Quantity(series.Values[marked])}");
    }

    private static void DrawBand(SvgWriter svg, double[] xs, double[] low, double[] high, Axis y)
    {
        int[] known = [.. Enumerable.Range(0, xs.Length).Where(i => Axis.Drawable(low[i]) && Axis.Drawable(high[i]))];
        if (known.Length < 2) return;
        svg.Polygon(
            [.. known.Select(i => xs[i]), .. known.Reverse().Select(i => xs[i])],
            [.. known.Select(i => y.Map(high[i])), .. known.Reverse().Select(i => y.Map(low[i]))],
            "band");
    }

    // Names at the ends of their lines, pushed apart so that they never overlap, with a leader from the line's last point.
    private void DrawLabels(SvgWriter svg, LinePanel panel, double[] xs, Axis y, double top, double bottom, double right)
    {
        (LineSeries Series, double X, double Y)[] labels = [.. panel.Series.Where(series => series.Labelled)
            .Select(series => (Series: series, Last: Array.FindLastIndex(series.Values, Axis.Drawable)))
            .Where(label => label.Last >= 0)
            .Select(label => (label.Series, xs[label.Last], y.Map(label.Series.Values[label.Last])))
            .OrderBy(label => label.Item3)];
        double[] places = Spread([.. labels.Select(label => label.Y)], top + 4, bottom, LabelPitch);
        LineSeries[] coloured = [.. labels.Select(label => label.Series).Where(series => series.Colour >= 0)];
        string[] names = TextMetrics.FitAll([.. coloured.Select(series => series.Name)], LabelColumn - 4, BoldFont);
        for (int i = 0; i < labels.Length; i++)
        {
            (LineSeries series, double x, double from) = labels[i];
            svg.Line(x + 2, from, right + 12, places[i], series.Colour < 0 ? "leader muted" : $"leader c{series.Colour}");
            svg.Text(right + 15, places[i] + 4, series.Colour < 0 ? series.Name : names[Array.IndexOf(coloured, series)], series.Colour < 0 ? "serieslabel" : $"serieslabel t{series.Colour}", full: series.Name);
        }
    }

    /// <summary>Moves ordered positions apart to a pitch and back inside [low, high].</summary>
    internal static double[] Spread(double[] positions, double low, double high, double pitch)
    {
        double[] places = [.. positions];
        for (int i = 0; i < places.Length; i++) places[i] = Math.Max(places[i], i == 0 ? low : places[i - 1] + pitch);
        for (int i = places.Length - 1; i >= 0; i--) places[i] = Math.Min(places[i], i == places.Length - 1 ? high : places[i + 1] - pitch);
        return places;
    }
}
