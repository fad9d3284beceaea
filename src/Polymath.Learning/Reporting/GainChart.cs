using Polymath.Learning.Reporting.Charts;

namespace Polymath.Learning.Reporting;

/// <summary>The gain of each task as a bar, best first; of many tasks, the best and the worst.</summary>
internal static class GainChart
{
    private const int MostBars = 24, Ends = 10;

    public static BarChart Of(RunReport report)
    {
        TaskReport[] compared = [.. report.Tasks.Where(task => task.FiniteGain is not null).OrderByDescending(task => task.FiniteGain)];
        BarRow[] rows = [.. compared.Select(Row)];
        if (rows.Length > MostBars)
        {
            TaskReport[] between = compared[Ends..^Ends];
            rows = [.. rows[..Ends], BarRow.Remark($"\u22ee {between.Length} more tasks from {Numbers.Percent(between[0].FiniteGain!.Value)} to {Numbers.Percent(between[^1].FiniteGain!.Value)}"), .. rows[^Ends..]];
        }

        int without = report.Tasks.Count - compared.Length;
        if (without > 0) rows = [.. rows, BarRow.Remark(without == 1 ? $"{report.Tasks.First(task => task.FiniteGain is null).Name}: no usable baseline" : $"{without} tasks without a usable baseline")];
        return new BarChart
        {
            Id = "chart-gain",
            Title = "Gain over single-task training per task",
            Description = $"{RunVerdict.Of(report).Sentence} Best: {compared[0].Name} {Numbers.Percent(compared[0].FiniteGain!.Value)}; worst: {compared[^1].Name} {Numbers.Percent(compared[^1].FiniteGain!.Value)}.",
            AxisLabel = "gain, %",
            Rows = rows,
        };
    }

    private static BarRow Row(TaskReport task)
    {
        double spread = task.GainSpread is double value && double.IsFinite(value) ? Math.Abs(value) : 0;
        string gain = Numbers.Percent(task.FiniteGain!.Value);
        string label = spread > 0 ? $"{gain} \u00b1\u00a0{Numbers.Points(spread)}" : gain;
        return new BarRow(task.Name, task.FiniteGain, spread, label);
    }
}
