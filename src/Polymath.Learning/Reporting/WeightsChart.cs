using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>The balancer's mean weight per task over epochs: every task of a few; of many, the extremes over a band.</summary>
internal static class WeightsChart
{
    /// <summary>Up to this many tasks each has its own colour.</summary>
    public const int MostLines = 8;

    /// <summary>How many of the highest and of the lowest are named when there are more tasks than that.</summary>
    public const int Extremes = 3;

    public static LineChart? Of(RunReport report)
    {
        if (report.History.All(epoch => epoch.Weights.Count == 0)) return null;
        int count = report.Tasks.Count;
        double[][] weights = [.. Enumerable.Range(0, count).Select(task => TaskSeries.Of(report, task, epoch => epoch.Weights))];
        if (!weights.Any(series => series.Any(double.IsFinite))) return null;
        LinePanel panel = count <= MostLines
            ? new LinePanel("mean weight per epoch", [.. weights.Select((values, task) => new LineSeries(report.Tasks[task].Name, values, task, Labelled: true))])
            : Aggregate(report, weights);
        return new LineChart
        {
            Id = "chart-weights",
            Title = "Balancer weights over time",
            Description = Describe(report, weights),
            Width = 440,
            PanelHeight = 250,
            LabelColumn = 104,
            X = TaskSeries.Epochs(report),
            XLabel = "epoch",
            Guide = TaskSeries.Kept(report),
            Panels = [panel],
        };
    }

    private static LinePanel Aggregate(RunReport report, double[][] weights)
    {
        int[] ordered = [.. Enumerable.Range(0, weights.Length).Where(task => weights[task].Any(double.IsFinite)).OrderByDescending(task => Last(weights[task]))];
        int[] extremes = ordered.Length <= 2 * Extremes ? ordered : [.. ordered[..Extremes], .. ordered[^Extremes..]];
        int epochs = report.History.Count;
        double[][] byEpoch = [.. Enumerable.Range(0, epochs).Select(epoch => weights.Select(series => series[epoch]).Where(double.IsFinite).Order().ToArray())];
        var lines = new List<LineSeries> { new("median", [.. byEpoch.Select(values => Quantile(values, 0.5))], -1, Labelled: true) };
        lines.AddRange(extremes.Select((task, colour) => new LineSeries(report.Tasks[task].Name, weights[task], colour, Labelled: true)));
        return new LinePanel("mean weight per epoch", lines) { Band = ([.. byEpoch.Select(values => Quantile(values, 0.1))], [.. byEpoch.Select(values => Quantile(values, 0.9))]) };
    }

    private static string Describe(RunReport report, double[][] weights)
    {
        int highest = Enumerable.Range(0, weights.Length).Where(task => weights[task].Any(double.IsFinite)).MaxBy(task => Last(weights[task]));
        return $"The highest final weight is {Numbers.Quantity(Last(weights[highest]))}, of {report.Tasks[highest].Name}.";
    }

    private static double Last(double[] values) => Array.FindLast(values, double.IsFinite);

    private static double Quantile(double[] sorted, double fraction) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Round(fraction * (sorted.Length - 1))];
}
