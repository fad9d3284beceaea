using System.Globalization;
using Polymath.Learning.Reporting;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>What a finished run came to, for people.</summary>
internal static class RunResult
{
    private const string Test = "test", Validation = "valid";
    private const int MostNotes = 4;

    public static void Write(RunReport report, RunFolder folder, Terminal terminal)
    {
        bool baseline = report.Tasks.Any(task => task.SingleTask is not null);
        string rows = report.Tasks.Select(task => task.HeadlineSplit).FirstOrDefault() switch
        {
            Test => string.Create(CultureInfo.InvariantCulture, $"{TextTable.Count(report.TestRows)} test rows"),
            Validation => string.Create(CultureInfo.InvariantCulture, $"{TextTable.Count(report.ValidRows)} validation rows (there is no test set)"),
            _ => "no rows were held out",
        };
        terminal.Output.WriteLine($"{report.Model}, {report.Balancer}: {rows}");
        terminal.Output.WriteLine();
        Tasks(report, baseline).Write(terminal);
        terminal.Output.WriteLine();
        if (report.Conflict is { } conflict && !double.IsNaN(conflict.ConflictRate))
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Gradient conflict: {100 * conflict.ConflictRate:0.0}% of task pairs over {conflict.Steps} sampled steps."));
        if (report.Balancing is { } balancing && balancing.Converged < balancing.Steps) Lines($"The balancer's rule was {balancing}.");
        if (report.Memory is { } memory) Lines($"Memory of a step: {memory}.");
        Lines(RunVerdict.Of(report).Sentence);
        foreach (string note in report.Notes.Take(MostNotes)) Lines($"Note: {note}");

        if (report.Notes.Count > MostNotes) terminal.Output.WriteLine($"({report.Notes.Count - MostNotes} more notes are in {Path.GetFileName(folder.Report)}.)");
        terminal.Output.WriteLine($"Results: {folder.Path}{Path.DirectorySeparatorChar} (open {Path.GetFileName(folder.Report)}; predict with 'polymath predict {folder.Path} DATA').");

        void Lines(string text)
        {
            foreach (string line in TextWrap.Lines(text, terminal.FitWidth)) terminal.Output.WriteLine(line);
        }
    }

    private static TextTable Tasks(RunReport report, bool baseline)
    {
        TextTable table = baseline ? new TextTable("task", "metric", ">single-task", ">multi-task", ">gain") : new TextTable("task", "metric", ">multi-task");
        foreach (TaskReport task in report.Tasks)
        {
            string metric = task.HigherIsBetter ? task.PrimaryMetric : $"{task.PrimaryMetric} (less is better)";
            string ours = TextTable.Metric(Headline(task, task.Splits));
            if (baseline) table.AddSigned(task.GainPercent ?? 0, task.Name, metric, TextTable.Metric(task.SingleTask is { } single ? Headline(task, single) : null), ours, Gain(task.GainPercent, task.GainSpread));
            else table.Add(task.Name, metric, ours);
        }

        if (baseline && report.Tasks.Count > 1) table.AddSigned(report.DeltaM ?? 0, "mean", string.Empty, string.Empty, string.Empty, Gain(report.DeltaM, report.DeltaMSpread));
        return table;
    }

    private static string Gain(double? percent, double? spread) => percent is not null && spread is double deviation && double.IsFinite(deviation)
        ? string.Create(CultureInfo.InvariantCulture, $"{TextTable.Percent(percent)} \u00b1 {deviation:0.00}")
        : TextTable.Percent(percent);

    private static double? Headline(TaskReport task, IReadOnlyDictionary<string, SplitMetrics> splits)
        => task.HeadlineSplit is { } split && splits.TryGetValue(split, out SplitMetrics? metrics) ? metrics[task.PrimaryMetric] : null;
}
