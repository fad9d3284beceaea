namespace Polymath.Boosting;

/// <summary>Adds up the splits of trees by feature.</summary>
internal static class TreeImportance
{
    /// <summary>By column, then the task where it is a feature.</summary>
    public static FeatureImportance[] Of(BoostedModel model, ImportanceKind kind, BoostingBlock? block, bool normalised)
    {
        string[] names = ExplainedColumns.Names(model);
        double[] values = new double[names.Length];
        if (block is null or BoostingBlock.Shared) Add(model.SharedTrees);
        if (block is null or BoostingBlock.Robust)
        {
            Add(model.OutlierTrees);
            Add(model.NonOutlierTrees);
        }

        if (block is null or BoostingBlock.Task)
        {
            foreach (IReadOnlyList<Tree> trees in model.TaskTrees) Add(trees);
        }

        double total = values.Sum();
        return [.. names.Select((name, column) => new FeatureImportance(name, normalised && total > 0 ? values[column] / total : values[column]))];

        void Add(IReadOnlyList<Tree> trees)
        {
            foreach (Tree tree in trees)
            {
                // Every 0/1 column of a task is a part of the one feature that the task is.
                foreach (TreeSplit split in tree.Splits) values[Math.Min(split.Feature, names.Length - 1)] += kind == ImportanceKind.Splits ? 1 : split.Gain;
            }
        }
    }
}
