using System.Globalization;
using Polymath.Learning.Reporting;
using Polymath.Tabular.Runs;

namespace Polymath.Cli;

/// <summary>What a finished training came to, for people.</summary>
internal static class RunResult
{
    public static void Write(RunReport report, RunFolder folder, Terminal terminal)
    {
        terminal.Output.WriteLine($"{report.Model}, {report.Balancer}: {ResultTable.Rows(report)}");
        terminal.Output.WriteLine();
        ResultTable.Write(report, terminal);
        terminal.Output.WriteLine();
        if (report.Conflict is { } conflict && !double.IsNaN(conflict.ConflictRate))
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Gradient conflict: {100 * conflict.ConflictRate:0.0}% of task pairs over {conflict.Steps} sampled steps."));
        if (report.Balancing is { } balancing && balancing.Converged < balancing.Steps) ResultTable.Lines($"The balancer's rule was {balancing}.", terminal);
        if (report.Memory is { } memory) ResultTable.Lines($"Memory of a step: {memory}.", terminal);
        ResultTable.Lines(RunVerdict.Of(report).Sentence, terminal);
        ResultTable.Closing(report, folder, terminal);
    }
}
