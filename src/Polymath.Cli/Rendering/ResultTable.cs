using System.Globalization;
using Polymath.Data.Runs;
using Polymath.Learning.Reporting;

namespace Polymath.Cli;

/// <summary>The parts of a result that are the same for every kind of run: the tasks, and what closes it.</summary>
internal static class ResultTable
{
    /// <summary>Up to this many tasks each has a row.</summary>
    public const int MostTasks = 16;

    private const string Test = "test", Validation = "valid";
    private const int Ends = 5, MostNotes = 4;

    /// <summary>Which rows the result is quoted from.</summary>
    public static string Rows(RunReport report) => report.Tasks.Select(task => task.HeadlineSplit).FirstOrDefault() switch
    {
        Test => $"{TextTable.Count(report.TestRows)} test rows",
        Validation => $"{TextTable.Count(report.ValidRows)} validation rows (there is no test set)",
        _ => "no rows were held out",
    };

    /// <summary>A row per task: of many, those with the best and the worst gain.</summary>
    public static void Write(RunReport report, Terminal terminal)
    {
        bool baseline = report.Tasks.Any(task => task.SingleTask is not null);
        TextTable table = baseline ? new TextTable("task", "metric", ">single-task", ">multi-task", ">gain") : new TextTable("task", "metric", ">multi-task");
        if (report.Tasks.Count <= MostTasks)
        {
            foreach (TaskReport task in report.Tasks) Add(table, task, baseline);
        }
        else
        {
            TaskReport[] ordered = [.. report.Tasks.OrderByDescending(task => task.GainPercent ?? double.NegativeInfinity)];
            TaskReport[] compared = [.. ordered.Where(task => task.GainPercent is not null)], shown = compared.Length > 2 * Ends ? compared : ordered;
            foreach (TaskReport task in shown.Take(Ends)) Add(table, task, baseline);
            table.Add([.. Enumerable.Repeat(string.Empty, baseline ? 4 : 2).Prepend($"... {report.Tasks.Count - (2 * Ends)} more")]);
            foreach (TaskReport task in shown.TakeLast(Ends)) Add(table, task, baseline);
        }

        if (baseline && report.Tasks.Count > 1) table.AddSigned(report.DeltaM ?? 0, "mean", string.Empty, string.Empty, string.Empty, Gain(report.DeltaM, report.DeltaMSpread));
        table.Write(terminal);
    }

    /// <summary>Text broken into lines as wide as text is.</summary>
    public static void Lines(string text, Terminal terminal)
    {
        foreach (string line in TextWrap.Lines(text, terminal.TextWidth)) terminal.Output.WriteLine(line);
    }

    /// <summary>Notes, and where the results are.</summary>
    public static void Closing(RunReport report, RunFiles folder, Terminal terminal)
    {
        foreach (string note in report.Notes.Take(MostNotes)) Lines($"Note: {note}", terminal);
        if (report.Notes.Count > MostNotes) terminal.Output.WriteLine($"({report.Notes.Count - MostNotes} more notes are in {Path.GetFileName(folder.Report)}.)");
        terminal.Output.WriteLine($"Results: {folder.Path}{Path.DirectorySeparatorChar} (open {Path.GetFileName(folder.Report)}; predict with 'polymath predict {folder.Path} DATA').");
    }

    private static void Add(TextTable table, TaskReport task, bool baseline)
    {
        string metric = task.HigherIsBetter ? task.PrimaryMetric : $"{task.PrimaryMetric} (less is better)";
        string ours = TextTable.Metric(Headline(task, task.Splits), task.HigherIsBetter);
        if (baseline) table.AddSigned(task.GainPercent ?? 0, task.Name, metric, TextTable.Metric(task.SingleTask is { } single ? Headline(task, single) : null, task.HigherIsBetter), ours, Gain(task.GainPercent, task.GainSpread));
        else table.Add(task.Name, metric, ours);
    }

    private static string Gain(double? percent, double? spread) => percent is not null && spread is double deviation && double.IsFinite(deviation)
        ? string.Create(CultureInfo.InvariantCulture, $"{TextTable.Percent(percent)} \u00b1 {deviation:0.00}")
        : TextTable.Percent(percent);

    private static double? Headline(TaskReport task, IReadOnlyDictionary<string, SplitMetrics> splits)
        => task.HeadlineSplit is { } split && splits.TryGetValue(split, out SplitMetrics? metrics) ? metrics[task.PrimaryMetric] : null;
}
