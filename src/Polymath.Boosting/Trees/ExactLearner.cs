using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// Looks at every cut between neighbouring values, in double precision: the learner of the paper. Rows are sorted once per column, so a
/// stump costs one pass over the sorted rows of each column instead of a sort. Growth is best first; ties go to the lowest column and
/// then to the lowest threshold. Numbers must be complete.
/// </summary>
internal sealed class ExactLearner : TreeLearner
{
    private readonly BoostingOptions _options;
    private readonly SortedColumns _columns;
    private readonly ExactCut[] _cuts;
    private readonly bool[] _left;

    /// <summary>A learner over consecutive rows.</summary>
    /// <exception cref="BoostingException">A value is missing, or a feature is categorical.</exception>
    public ExactLearner(FeatureMatrix features, int start, int rows, int outputs, BoostingOptions options)
        : base(rows, features.Width, outputs)
    {
        (_options, _columns) = (options, new SortedColumns(features, start, rows));
        (_cuts, _left) = (new ExactCut[features.Width], new bool[rows]);
    }

    /// <inheritdoc/>
    public override Tree Fit(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample)
    {
        Array.Clear(LeafOfRow);
        bool[]? bag = sample.Rows is null ? null : new bool[Rows];
        foreach (int row in sample.Rows ?? []) bag![row] = true;
        var leaves = new List<ExactLeaf> { Describe(0, -1, gradient, curvature, sample, bag) };
        var splits = new List<TreeSplit>();
        while (leaves.Count < _options.MaxLeaves && Best(leaves) is { } best) Split(best, leaves, splits, gradient, curvature, sample, bag);
        double[] values = new double[leaves.Count * Outputs], covers = new double[leaves.Count];
        for (int leaf = 0; leaf < leaves.Count; leaf++)
        {
            covers[leaf] = leaves[leaf].Cover;
            for (int k = 0; k < Outputs; k++) values[(leaf * Outputs) + k] = LeafValue(leaves[leaf].Gradient[k], leaves[leaf].Curvature[k], _options.L1, _options.L2);
        }

        return new Tree(Outputs, [.. splits], values, covers);
    }

    /// <summary>The first of the leaves with the largest gain, null when none is worth splitting.</summary>
    private ExactLeaf? Best(List<ExactLeaf> leaves)
    {
        ExactLeaf? best = null;
        foreach (ExactLeaf leaf in leaves)
        {
            bool deeper = _options.MaxDepth == 0 || leaf.Depth < _options.MaxDepth;
            if (deeper && leaf.Cut.Feature >= 0 && leaf.Cut.Gain >= _options.MinGain && (best is null || leaf.Cut.Gain > best.Cut.Gain)) best = leaf;
        }

        return best;
    }

    /// <summary>The leaf keeps its number for its left part; the right part is a new leaf.</summary>
    private void Split(ExactLeaf leaf, List<ExactLeaf> leaves, List<TreeSplit> splits, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample, bool[]? bag)
    {
        int number = leaves.IndexOf(leaf), other = leaves.Count, split = splits.Count;
        _columns.MarkLeft(leaf.Cut, _left);
        for (int row = 0; row < Rows; row++)
        {
            if (LeafOfRow[row] == number && !_left[row]) LeafOfRow[row] = other;
        }

        ExactLeaf left = Describe(number, leaf.Depth, gradient, curvature, sample, bag), right = Describe(other, leaf.Depth, gradient, curvature, sample, bag);
        splits.Add(new TreeSplit(leaf.Cut.Feature, leaf.Cut.Threshold, left.Cover >= right.Cover, ~number, ~other, leaf.Cut.Gain, leaf.Cover));
        for (int parent = 0; parent < split; parent++)
        {
            if (splits[parent].Left == ~number) splits[parent] = splits[parent] with { Left = split };
            else if (splits[parent].Right == ~number) splits[parent] = splits[parent] with { Right = split };
        }

        leaves[number] = left;
        leaves.Add(right);
    }

    /// <summary>Sums and best cut of a leaf.</summary>
    private ExactLeaf Describe(int number, int parentDepth, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample, bool[]? bag)
    {
        double[] first = new double[Outputs], second = new double[Outputs];
        for (int row = 0; row < Rows; row++)
        {
            if (LeafOfRow[row] != number || (bag is not null && !bag[row])) continue;
            for (int k = 0; k < Outputs; k++)
            {
                first[k] += gradient[(row * Outputs) + k];
                second[k] += curvature.IsEmpty ? 1 : curvature[(row * Outputs) + k];
            }
        }

        return new ExactLeaf(parentDepth + 1, first, second, Cut(number, first, second, gradient, curvature, sample, bag));
    }

    private unsafe ExactCut Cut(int number, double[] first, double[] second, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample, bool[]? bag)
    {
        if (_options.MaxLeaves < 2) return ExactCut.None;
        fixed (double* gradients = gradient, curvatures = curvature)
        {
            var body = new ExactCutSearch
            {
                Columns = _columns,
                Sample = sample,
                LeafOfRow = bag is null && number == 0 && Array.TrueForAll(LeafOfRow, static leaf => leaf == 0) ? null : LeafOfRow,
                Bag = bag,
                Leaf = number,
                Gradient = gradients,
                Curvature = curvature.IsEmpty ? null : curvatures,
                First = first,
                Second = second,
                Options = _options,
                Cuts = _cuts,
            };
            Workers.For(_cuts.Length, ref body);
        }

        ExactCut best = ExactCut.None;
        foreach (ExactCut cut in _cuts)
        {
            if (cut.Feature >= 0 && (best.Feature < 0 || cut.Gain > best.Gain)) best = cut;
        }

        return best;
    }
}
