namespace Polymath.Boosting;

/// <summary>Gives leaves the constant of least loss where curvature says nothing about it.</summary>
internal static class LeafRefits
{
    /// <summary>Changes the leaf values of a tree whose outputs begin at <paramref name="offset"/>.</summary>
    public static void Apply(BoostingObjective objective, Tree tree, ReadOnlySpan<int> leafOfRow, RowLabels rows, ReadOnlySpan<double> scores, int stride, int offset)
    {
        for (int target = 0; target < objective.Losses.Count; target++)
        {
            int output = objective.Offsets[target];
            if (objective.Losses[target].Refit is not { } refit || output < offset || output >= offset + tree.Outputs) continue;
            ReadOnlySpan<float> labels = rows.Labels(target), weights = rows.Weights;
            int[] ends = new int[tree.Leaves + 1];
            for (int row = 0; row < labels.Length; row++) if (!float.IsNaN(labels[row])) ends[leafOfRow[row] + 1]++;
            for (int leaf = 0; leaf < tree.Leaves; leaf++) ends[leaf + 1] += ends[leaf];
            int[] next = [.. ends];
            double[] residuals = new double[ends[^1]];
            float[] own = new float[weights.IsEmpty ? 0 : residuals.Length];
            for (int row = 0; row < labels.Length; row++)
            {
                if (float.IsNaN(labels[row])) continue;
                int at = next[leafOfRow[row]]++;
                residuals[at] = labels[row] - scores[(row * stride) + output];
                if (own.Length > 0) own[at] = weights[row];
            }

            for (int leaf = 0; leaf < tree.Leaves; leaf++)
            {
                int start = ends[leaf], count = ends[leaf + 1] - start;
                if (count > 0) tree.LeafValues[(leaf * tree.Outputs) + output - offset] = refit(residuals.AsSpan(start, count), own.Length == 0 ? default : own.AsSpan(start, count));
            }
        }
    }
}
