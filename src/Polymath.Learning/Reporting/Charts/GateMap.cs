using System.Globalization;

namespace Polymath.Learning.Reporting.Charts;

/// <summary>Mean gate weights as coloured cells: a row per gate, a column per expert; a cell of an expert that a gate cannot use stays blank.</summary>
internal sealed class GateMap
{
    private const double Width = 480, MostMargin = 130, LeastMargin = 48, MostSide = 46, Font = 12, LegendHeight = 46, StrongFrom = 0.55, LeastSideWithValues = 25;
    private const int Most = 20, LegendSteps = 20;

    private static readonly double[] s_ends = [0.1, 0.2, 0.5];
    private readonly int _level, _left;
    private readonly GateFigures[] _gates;
    private readonly string[] _experts;

    private GateMap(int level, GateFigures[] gates, string[] experts, int left) => (_level, _gates, _experts, _left) = (level, gates, experts, left);

    /// <summary>What the map shows, in words.</summary>
    public string Caption => $"Mean weights; a row adds up to 1{(_gates.Any(gate => gate.SelfWeights.Count > 0) ? ", without the self gates that add own experts once more" : string.Empty)}. Blank: out of reach.{(_left > 0 ? $" The first {Most} gates and experts are shown." : string.Empty)}";

    /// <summary>The map of a level.</summary>
    public static GateMap Of(ExpertReport report, int level)
    {
        GateFigures[] gates = [.. report.Gates.Where(gate => gate.Level == level)];
        string[] experts = [.. report.Experts.Where(expert => expert.Level == level).Select(expert => expert.Name)];
        return new GateMap(level, [.. gates.Take(Most)], [.. experts.Take(Most)], Math.Max(0, gates.Length - Most) + Math.Max(0, experts.Length - Most));
    }

    /// <summary>Draws it.</summary>
    public void Draw(SvgWriter svg)
    {
        string[] consumers = [.. _gates.Select(gate => gate.Consumer)];
        double left = Margin(consumers), top = Margin(_experts), side = Math.Min((Width - left - 6) / _experts.Length, MostSide), height = Math.Min(side, 30), scale = Scale();
        svg.Begin(string.Create(CultureInfo.InvariantCulture, $"chart-gates-{_level}"), Width, top + (height * _gates.Length) + LegendHeight, "Mean gate weights", Caption);
        string[] rows = TextMetrics.FitAll(consumers, left - 12, Font), columns = TextMetrics.FitAll(_experts, top - 12, Font);
        for (int e = 0; e < columns.Length; e++) svg.Text(left + ((e + 0.5) * side) + 4, top - 7, columns[e], "label small", full: _experts[e], vertical: true);
        for (int g = 0; g < rows.Length; g++)
        {
            double y = top + (g * height);
            svg.Text(left - 7, y + (height / 2) + 4, rows[g], "label small", "end", consumers[g]);
            for (int e = 0; e < _experts.Length; e++) Cell(svg, left + (e * side), y, side, height, _gates[g], _experts[e], scale);
        }

        Legend(svg, left, top + (height * _gates.Length) + 12, scale);
        svg.End();
    }

    private static void Cell(SvgWriter svg, double x, double y, double width, double height, GateFigures gate, string expert, double scale)
    {
        int at = Array.IndexOf([.. gate.Experts], expert);
        string hover = $"{gate.Consumer} \u00d7 {expert}: {(at < 0 ? "out of reach" : gate.Weights[at].ToString("0.000", CultureInfo.InvariantCulture))}";
        svg.Rectangle(x, y, width - 1, height - 1, at < 0 ? "unknown" : "neutral", hover: hover);
        if (at < 0) return;
        double strength = Math.Clamp(gate.Weights[at] / scale, 0, 1);
        if (strength > 0.005) svg.Rectangle(x, y, width - 1, height - 1, "good cell", strength, hover);
        if (width < LeastSideWithValues) return;
        svg.Text(x + (width / 2), y + (height / 2) + 4, gate.Weights[at].ToString(width < 36 ? "#.00" : "0.00", CultureInfo.InvariantCulture), strength > StrongFrom ? "cellvalue strong" : "cellvalue", "middle", fontSize: Math.Min(12, width * 0.36));
    }

    private static void Legend(SvgWriter svg, double left, double y, double scale)
    {
        double width = Math.Min(220, Width - left - 6), step = width / LegendSteps;
        svg.Rectangle(left, y, width, 9, "neutral");
        for (int i = 0; i < LegendSteps; i++) svg.Rectangle(left + (i * step), y, step + 0.3, 9, "good cell", (i + 0.5) / LegendSteps);
        svg.Text(left, y + 24, "0", "tick");
        svg.Text(left + width, y + 24, scale.ToString("0.##", CultureInfo.InvariantCulture), "tick", "end");
    }

    private static double Margin(string[] names) => Math.Clamp(names.Max(name => TextMetrics.Width(name, Font)) + 16, LeastMargin, MostMargin);

    private double Scale()
    {
        double largest = _gates.SelectMany(gate => gate.Weights).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return s_ends.FirstOrDefault(end => end >= largest, 1);
    }
}
