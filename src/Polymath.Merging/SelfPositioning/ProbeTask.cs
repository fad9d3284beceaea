using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>A task's share of the probe: a few examples of its training data and the loss it was trained with, of the network as it stands.</summary>
/// <param name="Name">The task.</param>
/// <param name="Rows">How many examples there are, at least a batch.</param>
/// <param name="Loss">The mean loss of some examples, one element: <see cref="InfoNce.Mean"/> of their embeddings, or any other.</param>
/// <example><code>
/// var search = new ProbeTask("search", pairs, rows => InfoNce.Mean(Encode(titles, rows), Encode(bodies, rows)));
/// ProbeTask[] probe = ProbeTask.Balanced([search, similarity], perTask: 1000, seed: 1);
/// </code></example>
public sealed record ProbeTask(string Name, int Rows, RowForward Loss)
{
    /// <summary>Examples held out to choose the point by, and their loss; null to choose by <see cref="Loss"/> itself.</summary>
    public (int Rows, RowForward Loss)? Validation { get; init; }

    /// <summary>Where the examples come from.</summary>
    public ProbeSplit Split { get; init; }

    /// <summary>What identifies the examples, for the merged model's metadata; null for none.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>As many examples of every task, drawn without replacement, a share of them held out.</summary>
    /// <param name="tasks">The tasks with all their training examples.</param>
    /// <param name="perTask">Examples of each.</param>
    /// <param name="validationShare">The share held out, in [0, 1). Default: 0.2.</param>
    /// <param name="seed">Where the draw comes from.</param>
    /// <exception cref="MergeException">A task has fewer examples.</exception>
    public static ProbeTask[] Balanced(IReadOnlyList<ProbeTask> tasks, int perTask, double validationShare = 0.2, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        if (validationShare is not (>= 0 and < 1)) throw new MergeException($"probe: found the validation share {validationShare}, expected one in [0, 1).");
        return [.. tasks.Select(task =>
        {
            if (perTask < 1 || task.Rows < perTask) throw new MergeException($"task '{task.Name}': found {task.Rows} examples for a probe of {perTask}, expected as many at least.");
            int[] order = new int[task.Rows];
            new RandomStream(seed).Derive("probe").Derive(task.Name).FillPermutation(order);
            int held = (int)(perTask * validationShare);
            return task with { Rows = perTask - held, Loss = Drawn(task.Loss, order[held..perTask]), Validation = held == 0 ? null : (held, Drawn(task.Loss, order[..held])) };
        })];
    }

    private static RowForward Drawn(RowForward loss, int[] chosen) => rows =>
    {
        int[] drawn = new int[rows.Length];
        for (int i = 0; i < drawn.Length; i++) drawn[i] = chosen[rows[i]];
        return loss(drawn);
    };
}
