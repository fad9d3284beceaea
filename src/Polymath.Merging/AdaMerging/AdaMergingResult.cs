using System.Globalization;
using System.Text;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>What AdaMerging learned.</summary>
/// <param name="Coefficients">lambda as merged (clamped): [tasks, blocks].</param>
/// <param name="Pool">The base and the task vectors that they scale: in AdaMerging++ the trimmed ones.</param>
/// <param name="Merged">The merged model.</param>
/// <param name="LossCurve">The loss before each step.</param>
/// <param name="Tasks">Entropies and class shares before and after, in the order of the tasks.</param>
/// <param name="Warnings">What may have gone wrong, one sentence each.</param>
public sealed record AdaMergingResult(CoefficientTable Coefficients, TaskVectorPool Pool, ModelState Merged, IReadOnlyList<double> LossCurve, IReadOnlyList<AdaptedTask> Tasks, IReadOnlyList<string> Warnings)
{
    /// <summary>The report as plain text: a row for each block with its coefficients, a row for each task with its entropies, the warnings.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"lambda after {LossCurve.Count} steps: {string.Join(", ", Coefficients.Vectors)}");
        for (int b = 0; b < Coefficients.Blocks.Count; b++)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Coefficients.Blocks[b]}: {string.Join(", ", Enumerable.Range(0, Coefficients.Vectors.Count).Select(v => Coefficients[v, b].ToString("F4", CultureInfo.InvariantCulture)))}");
        foreach (AdaptedTask task in Tasks)
            text.AppendLine(CultureInfo.InvariantCulture, $"{task.Name}: entropy {task.PretrainedEntropy:F4} of the base, {task.InitialEntropy:F4} at the start, {task.FinalEntropy:F4} in the end; class shares moved by {task.Drift:P1}");
        foreach (string warning in Warnings) text.AppendLine(CultureInfo.InvariantCulture, $"warning: {warning}");
        return text.ToString();
    }
}
