namespace Polymath.Learning.Reporting.Charts;

/// <summary>Horizontal bars to both sides of zero: names in a column on the left, values in a column on the right, so that nothing can overlap.</summary>
internal sealed class BarChart
{
    private const double Width = 440, NameColumn = 128, ValueColumn = 116, RowHeight = 24, BarHeight = 14, Top = 6, AxisHeight = 36, Font = 13;

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string AxisLabel { get; init; }

    public required IReadOnlyList<BarRow> Rows { get; init; }

    public void Draw(SvgWriter svg)
    {
        double left = NameColumn, right = Width - ValueColumn, bottom = Top + (Rows.Count * RowHeight);
        svg.Begin(Id, Width, bottom + AxisHeight, Title, Description);
        IEnumerable<double> ends = Rows.Where(row => row.Value is not null).SelectMany(row => new[] { row.Value!.Value - row.Spread, row.Value.Value + row.Spread });
        Axis axis = Axis.Around(ends.Append(0), left + 4, right - 4, ticks: 4)!;
        foreach (double tick in axis.Ticks)
        {
            svg.Line(axis.Map(tick), Top, axis.Map(tick), bottom, tick == 0 ? "zero" : "grid");
            svg.Text(axis.Map(tick), bottom + 15, axis.Label(tick), "tick", "middle");
        }

        svg.Text((left + right) / 2, bottom + 31, AxisLabel, "tick", "middle");
        BarRow[] bars = [.. Rows.Where(row => !row.IsRemark)];
        string[] names = TextMetrics.FitAll([.. bars.Select(row => row.Name)], NameColumn - 12, Font);
        for (int i = 0, bar = 0; i < Rows.Count; i++) DrawRow(svg, Rows[i], Rows[i].IsRemark ? "" : names[bar++], axis, Top + (i * RowHeight));
        svg.End();
    }

    private static void DrawRow(SvgWriter svg, BarRow row, string name, Axis axis, double y)
    {
        double middle = y + (RowHeight / 2), baseline = middle + (Font * 0.36);
        if (row.Value is not double length)
        {
            svg.Text(Width / 2, baseline, TextMetrics.Fit(row.Name, Width - 8, Font), "gap", "middle", row.Name);
            return;
        }

        svg.Text(NameColumn - 8, baseline, name, "label", "end", row.Name);
        svg.Text(Width - 2, baseline, row.Label, "value", "end");
        if (!Axis.Drawable(length)) return;
        double zero = axis.Map(0), end = axis.Map(length);
        double width = Math.Max(Math.Abs(end - zero), 1);
        svg.Rectangle(length < 0 ? zero - width : zero, middle - (BarHeight / 2), width, BarHeight, length < 0 ? "bad" : "good", hover: $"{row.Name}: {row.Label}");
        if (row.Spread <= 0 || !Axis.Drawable(row.Spread)) return;
        double low = axis.Map(length - row.Spread), high = axis.Map(length + row.Spread);
        svg.Line(low, middle, high, middle, "whisker");
        svg.Line(low, middle - 4, low, middle + 4, "whisker");
        svg.Line(high, middle - 4, high, middle + 4, "whisker");
    }
}
