using System.Globalization;
using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>
/// sigmoid(theta) of every task in order, as a distance to the median. Few tasks have a named row each; of many, every task is a dot and
/// the outliers nearest to the ends are named.
/// </summary>
internal sealed class MixChart(BoostingReport report)
{
    /// <summary>Up to this many tasks each has a row.</summary>
    public const int MostRows = 40;

    /// <summary>How many at each end are named when there are more.</summary>
    public const int Extremes = 6;

    private const double Width = 520, NameColumn = 128, ValueColumn = 92, RowHeight = 20, Top = 8, AxisHeight = 36, Font = 13, Small = 12, PlotHeight = 240, Left = 44, LabelColumn = 128, Pitch = 15;
    private const string Id = "chart-mix", Title = "Mix of the two robust ensembles per task";

    private readonly TaskMix[] _sorted = [.. report.Mixes.OrderBy(mix => mix.Weight)];
    private readonly HashSet<string> _outliers = [.. report.Outliers.Select(mix => mix.Task)];

    private double Median => (_sorted[(_sorted.Length - 1) / 2].Weight + _sorted[_sorted.Length / 2].Weight) / 2;

    public void Draw(SvgWriter svg)
    {
        if (_sorted.Length <= MostRows) DrawRows(svg);
        else DrawDots(svg);
    }

    private string Style(TaskMix mix) => _outliers.Contains(mix.Task) ? "dot f1" : "dot f0";

    private static string Value(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);

    private void DrawRows(SvgWriter svg)
    {
        double left = NameColumn, right = Width - ValueColumn, bottom = Top + (_sorted.Length * RowHeight);
        svg.Begin(Id, Width, bottom + AxisHeight, Title, report.OutlierSentence);
        Axis axis = Axis.Around([0, 1], left + 6, right - 6, ticks: 4)!;
        foreach (double tick in axis.Ticks)
        {
            svg.Line(axis.Map(tick), Top, axis.Map(tick), bottom, "grid");
            svg.Text(axis.Map(tick), bottom + 15, axis.Label(tick), "tick", "middle");
        }

        svg.Line(axis.Map(Median), Top, axis.Map(Median), bottom, "guide");
        svg.Text((left + right) / 2, bottom + 31, "share of the outlier ensemble; the dashed line is the median", "tick", "middle");
        string[] names = TextMetrics.FitAll([.. _sorted.Select(mix => mix.Task)], NameColumn - 12, Font);
        for (int i = 0; i < _sorted.Length; i++)
        {
            TaskMix mix = _sorted[i];
            double middle = Top + ((i + 0.5) * RowHeight);
            svg.Text(NameColumn - 8, middle + (Font * 0.36), names[i], "label", "end", mix.Task);
            if (Math.Abs(axis.Map(mix.Weight) - axis.Map(Median)) > 1) svg.Line(axis.Map(Median), middle, axis.Map(mix.Weight), middle, _outliers.Contains(mix.Task) ? "line c1" : "line c0");
            svg.Circle(axis.Map(mix.Weight), middle, 4.5, Style(mix), $"{mix.Task}: {Value(mix.Weight)}, {Value(mix.Score)} from the median");
            svg.Text(Width - 2, middle + (Font * 0.36), $"{Value(mix.Weight)}{(_outliers.Contains(mix.Task) ? " outlier" : string.Empty)}", "value", "end");
        }

        svg.End();
    }

    private void DrawDots(SvgWriter svg)
    {
        double right = Width - LabelColumn, bottom = Top + PlotHeight;
        svg.Begin(Id, Width, bottom + AxisHeight, Title, report.OutlierSentence);
        Axis y = Axis.Around([0, 1], bottom - 4, Top + 4, ticks: 5)!;
        foreach (double tick in y.Ticks)
        {
            svg.Line(Left, y.Map(tick), right, y.Map(tick), "grid");
            svg.Text(Left - 6, y.Map(tick) + 4, y.Label(tick), "tick", "end");
        }

        svg.Line(Left, y.Map(Median), right, y.Map(Median), "guide");
        double step = (right - Left - 12) / (_sorted.Length - 1);
        for (int i = 0; i < _sorted.Length; i++) svg.Circle(X(i), y.Map(_sorted[i].Weight), 3, Style(_sorted[i]), $"{_sorted[i].Task}: {Value(_sorted[i].Weight)}");
        svg.Text((Left + right) / 2, bottom + 17, $"{_sorted.Length} tasks in order of their share of the outlier ensemble", "tick", "middle");
        svg.Text((Left + right) / 2, bottom + 32, "the dashed line is the median", "tick", "middle");

        // Names stand in the column on the right, apart from each other, each with a leader from its dot.
        int[] named = [.. Enumerable.Range(0, _sorted.Length).Where(i => _outliers.Contains(_sorted[i].Task) && (i < Extremes || i >= _sorted.Length - Extremes)).OrderByDescending(i => _sorted[i].Weight).ThenBy(i => i)];
        double[] places = LineChart.Spread([.. named.Select(i => y.Map(_sorted[i].Weight))], Top + 4, bottom, Pitch);
        string[] names = TextMetrics.FitAll([.. named.Select(i => _sorted[i].Task)], LabelColumn - 52, Small);
        for (int label = 0; label < named.Length; label++)
        {
            TaskMix mix = _sorted[named[label]];
            svg.Line(X(named[label]) + 4, y.Map(mix.Weight), right + 8, places[label], "leader c1");
            svg.Text(right + 11, places[label] + 4, $"{names[label]} {Value(mix.Weight)}", "serieslabel t1", full: mix.Task);
        }

        svg.End();

        double X(int rank) => Left + 6 + (rank * step);
    }
}
