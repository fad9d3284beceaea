namespace Polymath.Learning.Reporting.Charts;

/// <summary>Dots with intervals on a common scale, names on the left and values on the right, so that nothing can overlap.</summary>
internal sealed class IntervalChart
{
    private const double Width = 520, NameColumn = 184, ValueColumn = 132, RowHeight = 24, Top = 6, AxisHeight = 36, Font = 13, Dot = 4, Cap = 4;

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string AxisLabel { get; init; }

    public required IReadOnlyList<IntervalRow> Rows { get; init; }

    /// <summary>Whether the scale holds zero, where a line is drawn.</summary>
    public bool FromZero { get; init; }

    public void Draw(SvgWriter svg)
    {
        double left = NameColumn, right = Width - ValueColumn, bottom = Top + (Rows.Count * RowHeight);
        svg.Begin(Id, Width, bottom + AxisHeight, Title, Description);
        IEnumerable<double> ends = Rows.SelectMany(row => new[] { row.Value, row.Low, row.High }).Where(double.IsFinite);
        Axis? axis = Axis.Around(FromZero ? ends.Append(0) : ends, left + 6, right - 6, ticks: 3);
        foreach (double tick in axis?.Ticks ?? [])
        {
            svg.Line(axis!.Map(tick), Top, axis.Map(tick), bottom, FromZero && tick == 0 ? "zero" : "grid");
            svg.Text(axis.Map(tick), bottom + 15, axis.Label(tick), "tick", "middle");
        }

        svg.Text((left + right) / 2, bottom + 31, AxisLabel, "tick", "middle");
        string[] names = TextMetrics.FitAll([.. Rows.Select(row => row.Name)], NameColumn - 12, Font);
        for (int i = 0; i < Rows.Count; i++) DrawRow(svg, Rows[i], names[i], axis, Top + ((i + 0.5) * RowHeight));
        svg.End();
    }

    private static void DrawRow(SvgWriter svg, IntervalRow row, string name, Axis? axis, double middle)
    {
        double baseline = middle + (Font * 0.36);
        svg.Text(NameColumn - 8, baseline, name, "label", "end", row.Name);
        svg.Text(Width - 2, baseline, row.Label, "value", "end");
        if (axis is null || !Axis.Drawable(row.Value)) return;
        if (Axis.Drawable(row.Low) && Axis.Drawable(row.High))
        {
            double low = axis.Map(row.Low), high = axis.Map(row.High);
            svg.Line(low, middle, high, middle, "whisker");
            svg.Line(low, middle - Cap, low, middle + Cap, "whisker");
            svg.Line(high, middle - Cap, high, middle + Cap, "whisker");
        }

        svg.Circle(axis.Map(row.Value), middle, Dot, row.Style, $"{row.Name}: {row.Label}");
    }
}
