namespace Polymath.Boosting;

/// <summary>
/// What a loss has to say about Newton leaves: the constant of least loss where curvature says nothing about it, and the largest step
/// where the curvature holds nearby only.
/// </summary>
internal static class LeafRefits
{
    /// <summary>Changes the leaf values of a tree over all outputs.</summary>
    /// <param name="objective">The losses.</param>
    /// <param name="tree">Fitted to their derivatives.</param>
    /// <param name="sample">The rows it was fitted to; the others have no part in its leaves.</param>
    /// <param name="leafOfRow">The leaf of every row.</param>
    /// <param name="rows">The labels.</param>
    /// <param name="scores">The scores before the tree, <c>[rows, Outputs]</c>.</param>
    /// <param name="shares">
    /// By row, the share s of the tree in the score; empty for 1. A row then asks for r / s with weight w s, which is exact for losses
    /// that are homogeneous in r, absolute error and quantiles.
    /// </param>
    public static void Apply(BoostingObjective objective, Tree tree, TreeSample sample, ReadOnlySpan<int> leafOfRow, RowLabels rows, ReadOnlySpan<double> scores, ReadOnlySpan<double> shares)
    {
        for (int target = 0; target < objective.Losses.Count; target++)
        {
            BoostingLoss loss = objective.Losses[target];
            int output = objective.Offsets[target];
            if (loss.Refit is { } refit) Refit(refit, tree, output, sample, leafOfRow, rows.Labels(target), rows.Weights, scores, shares);
            if (!double.IsPositiveInfinity(loss.MaxStep)) Limit(tree, output, loss.Outputs, loss.MaxStep);
        }
    }

    private static void Refit(LeafRefit refit, Tree tree, int output, TreeSample sample, ReadOnlySpan<int> leafOfRow, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, ReadOnlySpan<double> scores, ReadOnlySpan<double> shares)
    {
        int count = sample.Rows?.Length ?? labels.Length, outputs = tree.Outputs;
        int[] ends = new int[tree.Leaves + 1];
        for (int i = 0; i < count; i++)
        {
            int row = sample.Rows?[i] ?? i;
            if (Asks(row, labels, shares)) ends[leafOfRow[row] + 1]++;
        }

        for (int leaf = 0; leaf < tree.Leaves; leaf++) ends[leaf + 1] += ends[leaf];
        int[] next = [.. ends];
        double[] residuals = new double[ends[^1]];
        float[] own = new float[weights.IsEmpty && shares.IsEmpty ? 0 : residuals.Length];
        for (int i = 0; i < count; i++)
        {
            int row = sample.Rows?[i] ?? i;
            if (!Asks(row, labels, shares)) continue;
            int at = next[leafOfRow[row]]++;
            double share = shares.IsEmpty ? 1 : shares[row];
            residuals[at] = (labels[row] - scores[(row * outputs) + output]) / share;
            if (own.Length > 0) own[at] = (float)((weights.IsEmpty ? 1 : weights[row]) * share);
        }

        for (int leaf = 0; leaf < tree.Leaves; leaf++)
        {
            int start = ends[leaf], length = ends[leaf + 1] - start;
            if (length > 0) tree.LeafValues[(leaf * outputs) + output] = refit(residuals.AsSpan(start, length), own.Length == 0 ? default : own.AsSpan(start, length));
        }
    }

    private static bool Asks(int row, ReadOnlySpan<float> labels, ReadOnlySpan<double> shares) => !float.IsNaN(labels[row]) && (shares.IsEmpty || shares[row] > 0);

    private static void Limit(Tree tree, int output, int outputs, double largest)
    {
        for (int leaf = 0; leaf < tree.Leaves; leaf++)
        {
            foreach (ref double value in tree.LeafValues.AsSpan((leaf * tree.Outputs) + output, outputs)) value = Math.Clamp(value, -largest, largest);
        }
    }
}
