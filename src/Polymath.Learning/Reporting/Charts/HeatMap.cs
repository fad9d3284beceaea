using System.Globalization;

namespace Polymath.Learning.Reporting.Charts;

/// <summary>A square matrix of values around zero as coloured cells: strength is opacity over a neutral ground, sign is hue.</summary>
internal sealed class HeatMap
{
    private const double Width = 440, Most = 104, Least = 36, LegendHeight = 52, Font = 12, StrongFrom = 0.5;
    private const int LegendSteps = 20;

    // Room for the names, on the left and (rotated) above: as much as the longest needs, within limits.
    private double _margin;

    /// <summary>Up to this many rows the cells hold their values.</summary>
    public const int MostWithValues = 12;

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Row-major values, NaN where unknown.</summary>
    public required double[] Values { get; init; }

    /// <summary>Whether the diagonal is a value like others, or trivially one and left blank.</summary>
    public bool ShowDiagonal { get; init; }

    public required string NegativeLabel { get; init; }

    public required string PositiveLabel { get; init; }

    public void Draw(SvgWriter svg)
    {
        int n = Names.Count;
        _margin = Math.Clamp(Names.Max(name => TextMetrics.Width(name, Font)) + 16, Least, Most);
        double side = Math.Min((Width - _margin - 6) / n, 64), grid = side * n, scale = Scale();
        svg.Begin(Id, Width, _margin + grid + LegendHeight, Title, Description);
        string[] names = TextMetrics.FitAll(Names, _margin - 12, Font);
        for (int i = 0; i < n; i++)
        {
            double middle = (i + 0.5) * side;
            svg.Text(_margin - 7, _margin + middle + 4, names[i], "label small", "end", Names[i]);
            svg.Text(_margin + middle + 4, _margin - 7, names[i], "label small", full: Names[i], vertical: true);
        }

        for (int row = 0; row < n; row++)
            for (int column = 0; column < n; column++)
                DrawCell(svg, row, column, side, scale);
        DrawLegend(svg, _margin + grid + 14, scale);
        svg.End();
    }

    private void DrawCell(SvgWriter svg, int row, int column, double side, double scale)
    {
        double x = _margin + (column * side), y = _margin + (row * side), size = side - (side > 12 ? 1 : 0.4), value = Values[(row * Names.Count) + column];
        if (row == column && !ShowDiagonal)
        {
            svg.Rectangle(x, y, size, size, "diagonal");
            return;
        }

        string hover = $"{Names[row]} \u00d7 {Names[column]}: {(double.IsNaN(value) ? "never measured" : Numbers.Signed(value.ToString("0.000", CultureInfo.InvariantCulture)))}";
        double strength = double.IsNaN(value) ? 0 : Math.Min(1, Math.Abs(value) / scale);
        svg.Rectangle(x, y, size, size, double.IsNaN(value) ? "unknown" : "neutral", hover: hover);
        if (strength > 0.005) svg.Rectangle(x, y, size, size, value < 0 ? "bad cell" : "good cell", strength, hover);
        if (Names.Count > MostWithValues || side < 22) return;
        string text = double.IsNaN(value) ? Numbers.None : Numbers.Signed(value.ToString(side < 44 ? "#.00;-#.00;.00" : "0.00", CultureInfo.InvariantCulture));
        svg.Text(x + (size / 2), y + (size / 2) + 4, text, strength > StrongFrom ? "cellvalue strong" : "cellvalue", "middle", fontSize: Math.Min(13, side * 0.36));
    }

    private void DrawLegend(SvgWriter svg, double y, double scale)
    {
        double width = Width - _margin - 6, step = width / LegendSteps;
        svg.Rectangle(_margin, y, width, 10, "neutral");
        for (int i = 0; i < LegendSteps; i++)
        {
            double value = ((i + 0.5) / LegendSteps * 2) - 1;
            svg.Rectangle(_margin + (i * step), y, step + 0.3, 10, value < 0 ? "bad cell" : "good cell", Math.Abs(value));
        }

        string end = scale.ToString("0.##", CultureInfo.InvariantCulture);
        svg.Text(_margin, y + 26, $"\u2212{end} {NegativeLabel}", "tick");
        svg.Text(_margin + (width / 2), y + 26, "0", "tick", "middle");
        svg.Text(_margin + width, y + 26, $"+{end} {PositiveLabel}", "tick", "end");
    }

    // Cosines between tasks are often small; the scale ends at the next round number so that their pattern can be seen.
    private double Scale()
    {
        double largest = 0;
        for (int i = 0; i < Values.Length; i++)
            if ((ShowDiagonal || i % (Names.Count + 1) != 0) && Axis.Drawable(Values[i])) largest = Math.Max(largest, Math.Abs(Values[i]));
        return new[] { 0.05, 0.1, 0.2, 0.5, 1 }.FirstOrDefault(end => end >= largest, Math.Max(1, largest));
    }
}
