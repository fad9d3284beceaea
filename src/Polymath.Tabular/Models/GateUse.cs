using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>How one gate weighs its experts on some rows: expert utilisation.</summary>
/// <param name="Level">Layer of the gate, from 0.</param>
/// <param name="Task">The task the gate works for; null for a gate of a group or of all tasks.</param>
/// <param name="Experts">Names of the experts in the gate's order: "income.0" (a task's own), "shared.1".</param>
/// <param name="Weights">The weights, <c>[rows, experts]</c>; rows sum to 1. A copy that outlives the tape.</param>
public sealed record GateUse(int Level, string? Task, IReadOnlyList<string> Experts, Tensor Weights)
{
    /// <summary>Who reads the mixture: the task, a group of tasks, or "shared".</summary>
    public string Consumer { get; init; } = Task ?? ExpertTrace.SharedName;

    /// <summary>What kind of reader that is.</summary>
    public ExpertOwner Owner { get; init; } = Task is null ? ExpertOwner.Shared : ExpertOwner.Task;

    /// <summary>The mean weight of every expert over the rows.</summary>
    public IReadOnlyList<float> Mean
    {
        get
        {
            int experts = Experts.Count, rows = Weights.Shape[0];
            double[] sums = new double[experts];
            ReadOnlySpan<float> values = Weights.Span;
            for (int i = 0; i < values.Length; i++) sums[i % experts] += values[i];
            return [.. sums.Select(sum => (float)(sum / rows))];
        }
    }
}
