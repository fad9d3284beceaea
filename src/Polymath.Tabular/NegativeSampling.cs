using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Trains binary tasks on a share of their negative labels (He et al. 2014, section 6.3). A label of 0 that is left out counts as not observed, for
/// that task only, and a row without any label left is not looked at. Probabilities are corrected for it: odds fall by the share,
/// logit' = logit + log(share), which <see cref="Target.LogitShift"/> holds; so they are calibrated for all rows.
/// </summary>
internal static class NegativeSampling
{
    /// <summary>The tasks with the correction of their probabilities.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="share">Share of the negative labels that is kept, in (0, 1].</param>
    public static TaskSet Calibrated(TaskSet tasks, double share)
        => share == 1 ? tasks : new TaskSet(tasks.Select(task => task.Kind == TaskKind.Binary ? task with { LogitShift = (float)Math.Log(share) } : task));

    /// <summary>Takes a share of the negative labels out.</summary>
    /// <param name="data">Training rows.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="share">Share that is kept, in (0, 1].</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>The rows that still have a label, in order, with the labels that are left.</returns>
    public static ArrayDataset Sample(ArrayDataset data, TaskSet tasks, double share, ulong seed)
    {
        RandomStream random = new RandomStream(seed).Derive("negatives");
        float[] labels = new float[data.Rows * tasks.Count];
        var kept = new List<int>();
        for (int row = 0; row < data.Rows; row++)
        {
            // One draw for all tasks, so that a row without any positive label is left out as a whole.
            bool keep = random.NextDouble() < share, labelled = false;
            for (int task = 0; task < tasks.Count; task++)
            {
                float label = data.Label(row, task);
                if (!keep && tasks[task].Kind == TaskKind.Binary && label == 0) label = float.NaN;
                labels[(row * tasks.Count) + task] = label;
                labelled |= !float.IsNaN(label);
            }

            if (labelled) kept.Add(row);
        }

        return data.WithLabels(labels).Subset([.. kept]);
    }
}
