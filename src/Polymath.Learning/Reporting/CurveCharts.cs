using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>Training loss and validation metric of one task over epochs, one small chart per task.</summary>
internal static class CurveCharts
{
    private const int MostTasks = 12;

    /// <summary>The tasks to show: all of a few; of many, half with the lowest and half with the highest gain.</summary>
    public static int[] Choose(RunReport report)
    {
        int count = report.Tasks.Count;
        if (count <= MostTasks) return [.. Enumerable.Range(0, count)];
        int[] ordered = [.. Enumerable.Range(0, count).OrderBy(task => report.Tasks[task].FiniteGain ?? 0)];
        return [.. ordered[..(MostTasks / 2)], .. ordered[^(MostTasks / 2)..]];
    }

    public static LineChart Of(RunReport report, int index)
    {
        TaskReport task = report.Tasks[index];
        double[] loss = TaskSeries.Of(report, index, epoch => epoch.TrainLoss), valid = TaskSeries.Of(report, index, epoch => epoch.Validation);
        int? best = TaskSeries.Best(valid, task.HigherIsBetter);
        string metric = task.PrimaryMetric.Length == 0 ? "validation metric" : $"validation {task.PrimaryMetric}";
        string summary = best is int at ? $"best {Numbers.Metric(valid[at], task.HigherIsBetter)} (epoch {TaskSeries.Shown(report.History[at].Epoch)})" : "never defined";
        return new LineChart
        {
            Id = $"chart-curve-{index}",
            Title = $"Learning curves of {task.Name}",
            Description = $"Training loss ends at {Numbers.Quantity(loss[^1])}; {metric} is {summary}.",
            Width = 320,
            PanelHeight = 84,
            X = TaskSeries.Epochs(report),
            XLabel = "epoch",
            Guide = TaskSeries.Kept(report),
            Panels =
            [
                new LinePanel("train loss", [new LineSeries("train loss", loss, 0)]),
                new LinePanel(metric, [new LineSeries(metric, valid, 1) { Marked = best }]) { Note = best is null ? "" : summary },
            ],
        };
    }
}
