namespace Polymath.Boosting;

/// <summary>What the header of a model says its trees must be, and whether they are: every tree that passes can be walked to its end with any row.</summary>
internal sealed class ModelShape
{
    private readonly ModelHeader _header;
    private readonly BoostingObjective _objective;
    private readonly FeatureDescription[] _shared;

    /// <summary>Checks the header.</summary>
    /// <exception cref="BoostingException">Its parts contradict each other.</exception>
    public ModelShape(ModelHeader header)
    {
        _header = header;
        if (header.Features.Length == 0) throw new BoostingException("there is no feature, expected at least one.");
        if (header.Targets.Length == 0) throw new BoostingException("there is no target, expected at least one.");
        if (header.Tasks is not null && header.Targets.Length != 1) throw new BoostingException($"rows belong to tasks and there are {header.Targets.Length} targets, expected one target then.");
        if (header.Options.TaskAsFeature && header.Tasks is null) throw new BoostingException("the task is a feature, found no tasks.");
        _objective = new BoostingObjective(header.Targets, header.Options.Loss);
        _shared = header.Options.TaskAsFeature ? [.. header.Features, .. TaskFeature.Columns(header.Tasks!, header.Options.Learner == LearnerKind.Exact)] : header.Features;
        if (header.Initial.Length != _objective.Outputs) throw new BoostingException($"found {header.Initial.Length} initial scores, expected {_objective.Outputs}, one per output.");
        if (header.Theta.Length != 0 && header.Theta.Length != header.Tasks?.Count) throw new BoostingException($"found {header.Theta.Length} values of theta, expected one for each of the {header.Tasks?.Count ?? 0} tasks, or none.");
        if (!Array.TrueForAll(header.Initial, double.IsFinite) || !Array.TrueForAll(header.Theta, double.IsFinite)) throw new BoostingException("an initial score or a value of theta is not finite; the fit has diverged.");
    }

    /// <summary>Ensembles of block 3.</summary>
    public int Units => _header.Tasks?.Count ?? _header.Targets.Length;

    /// <summary>Values per leaf.</summary>
    /// <param name="ensemble">Position in <see cref="ModelTrees.Ensembles"/>.</param>
    /// <param name="unit">Unit of the ensemble.</param>
    public int Outputs(int ensemble, int unit) => ensemble == 3 && _header.Tasks is null ? _objective.Losses[unit].Outputs : _objective.Outputs;

    /// <summary>A model of trees that fit.</summary>
    /// <exception cref="BoostingException">They do not; the message names the tree.</exception>
    public BoostedModel Build(ModelTrees trees)
    {
        Require(trees);
        return new BoostedModel(_header.Options, _header.Features, _header.Targets, _header.Tasks, _header.Initial, trees.Shared, trees.Outlier, trees.NonOutlier, trees.Units, _header.Theta, _header.History);
    }

    /// <summary>Throws when trees do not fit.</summary>
    /// <exception cref="BoostingException">Names the tree.</exception>
    public void Require(ModelTrees trees)
    {
        if (trees.Outlier.Length != trees.NonOutlier.Length) throw new BoostingException($"found {trees.Outlier.Length} outlier and {trees.NonOutlier.Length} non-outlier trees, expected as many of each.");
        if (trees.Outlier.Length > 0 && _header.Theta.Length == 0) throw new BoostingException("there are outlier trees, found no theta to mix them by.");
        if (trees.Units.Length != Units) throw new BoostingException($"found trees of {trees.Units.Length} units, expected {Units}.");
        int ensemble = 0;
        foreach ((string name, Tree[][] units) in trees.Ensembles())
        {
            for (int unit = 0; unit < units.Length; unit++)
            {
                for (int tree = 0; tree < units[unit].Length; tree++)
                {
                    if (Problem(units[unit][tree], Outputs(ensemble, unit), ensemble == 3 ? _header.Features : _shared) is { } problem)
                        throw new BoostingException($"{name} tree {tree}{(ensemble == 3 ? $" of unit {unit}" : string.Empty)}: {problem}.");
                }
            }

            ensemble++;
        }
    }

    /// <summary>What is wrong with a tree; null when nothing is.</summary>
    private static string? Problem(Tree tree, int outputs, FeatureDescription[] features)
    {
        int splits = tree.Splits.Count;
        if (tree.Outputs != outputs) return $"found {tree.Outputs} values per leaf, expected {outputs}";
        if (tree.Leaves != splits + 1 || tree.LeafValues.Length != (long)tree.Leaves * outputs) return $"found {tree.Leaves} leaves with {tree.LeafValues.Length} values for {splits} splits, expected {splits + 1} leaves with {outputs} each";
        if (!Array.TrueForAll(tree.LeafValues, double.IsFinite)) return "a leaf value is not finite";
        if (!Array.TrueForAll(tree.LeafCovers, IsCover)) return "the cover of a leaf is not a finite number of 0 or more";
        for (int i = 0; i < splits; i++)
        {
            TreeSplit split = tree.Splits[i];
            if ((uint)split.Feature >= (uint)features.Length) return $"split {i} is on feature {split.Feature}, expected one in [0, {features.Length})";
            if (split.LeftCategories is { } set && (set.Count == 0 || !features[split.Feature].IsCategorical)) return $"split {i} has a set of {set.Count} words for feature '{features[split.Feature].Name}', expected a set for a category only";
            if (!float.IsFinite(split.Threshold) || !double.IsFinite(split.Gain) || !IsCover(split.Cover)) return $"the threshold, gain or cover of split {i} is not a finite number in its range";
        }

        return Reaches(tree) ? null : "its children do not form a tree, expected every split and every leaf to be reached once from the root";
    }

    private static bool IsCover(double cover) => cover >= 0 && double.IsFinite(cover);

    private static bool Reaches(Tree tree)
    {
        bool[] splits = new bool[tree.Splits.Count], leaves = new bool[tree.Leaves];
        var open = new Stack<int>();
        open.Push(splits.Length > 0 ? 0 : ~0);
        int reached = 0;
        while (open.TryPop(out int node))
        {
            bool[] seen = node >= 0 ? splits : leaves;
            int at = node >= 0 ? node : ~node;
            if (at >= seen.Length || seen[at]) return false;
            seen[at] = true;
            reached++;
            if (node < 0) continue;
            open.Push(tree.Splits[node].Left);
            open.Push(tree.Splits[node].Right);
        }

        return reached == splits.Length + leaves.Length;
    }
}
