using System.Numerics.Tensors;
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
    private readonly double[] _reciprocals;

    /// <summary>A learner over consecutive rows.</summary>
    /// <exception cref="BoostingException">A value is missing, or a feature is categorical.</exception>
    public ExactLearner(FeatureMatrix features, int start, int rows, int outputs, BoostingOptions options)
        : base(rows, features.Width, outputs)
    {
        (_options, _columns) = (options, new SortedColumns(features, start, rows));
        (_cuts, _reciprocals) = (new ExactCut[features.Width], new double[rows + 1]);
        for (int count = 0; count <= rows; count++) _reciprocals[count] = 1 / (count + options.L2);
    }

    /// <inheritdoc/>
    public override Tree Fit(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample)
    {
        Array.Clear(LeafOfRow);
        bool[]? bag = sample.Rows is null ? null : new bool[Rows];
        foreach (int row in sample.Rows ?? []) bag![row] = true;
        var leaves = new List<ExactLeaf> { Root(gradient, curvature, bag) };
        var splits = new List<TreeSplit>();
        while (leaves.Count < _options.MaxLeaves && Best(leaves, gradient, curvature, sample, bag) is { } best) Split(best, leaves, splits, gradient, curvature, bag);
        double[] values = new double[leaves.Count * Outputs], covers = new double[leaves.Count];
        for (int leaf = 0; leaf < leaves.Count; leaf++)
        {
            covers[leaf] = leaves[leaf].Cover;
            for (int k = 0; k < Outputs; k++) values[(leaf * Outputs) + k] = LeafValue(leaves[leaf].Gradient[k], leaves[leaf].Curvature[k], _options.L1, _options.L2);
        }

        return new Tree(Outputs, [.. splits], values, covers);
    }

    /// <summary>The first of the leaves with the largest gain, null when none is worth splitting.</summary>
    private ExactLeaf? Best(List<ExactLeaf> leaves, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample, bool[]? bag)
    {
        ExactLeaf? best = null;
        for (int number = 0; number < leaves.Count; number++)
        {
            ExactLeaf leaf = leaves[number];
            if (_options.MaxDepth > 0 && leaf.Depth >= _options.MaxDepth) continue;
            ExactCut cut = leaf.Cut ??= Cut(leaf, number, leaves.Count == 1, gradient, curvature, sample, bag);
            if (cut.Feature >= 0 && cut.Gain >= _options.MinGain && (best is null || cut.Gain > best.Cut!.Value.Gain)) best = leaf;
        }

        return best;
    }

    /// <summary>The leaf keeps its number for its left part; the right part is a new leaf.</summary>
    private void Split(ExactLeaf leaf, List<ExactLeaf> leaves, List<TreeSplit> splits, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, bool[]? bag)
    {
        ExactCut cut = leaf.Cut!.Value;
        int number = leaves.IndexOf(leaf), other = leaves.Count, split = splits.Count;
        ReadOnlySpan<int> beyond = _columns.Order[cut.Feature].AsSpan(_columns.CountLeft(cut));
        double[] first = new double[Outputs], second = new double[Outputs];
        foreach (int row in beyond)
        {
            if (LeafOfRow[row] != number) continue;
            LeafOfRow[row] = other;
            if (bag is null || bag[row]) Add(row, gradient, curvature, first, second);
        }

        var right = new ExactLeaf(leaf.Depth + 1, first, second);
        ExactLeaf left = curvature.IsEmpty ? Rest(leaf, right) : Sum(number, leaf.Depth + 1, gradient, curvature, bag);
        splits.Add(new TreeSplit(cut.Feature, cut.Threshold, left.Cover >= right.Cover, ~number, ~other, cut.Gain, leaf.Cover));
        for (int parent = 0; parent < split; parent++)
        {
            if (splits[parent].Left == ~number) splits[parent] = splits[parent] with { Left = split };
            else if (splits[parent].Right == ~number) splits[parent] = splits[parent] with { Right = split };
        }

        leaves[number] = left;
        leaves.Add(right);
    }

    private ExactLeaf Root(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, bool[]? bag)
    {
        if (Outputs > 1 || bag is not null || !curvature.IsEmpty) return Sum(0, 0, gradient, curvature, bag);
        return new ExactLeaf(0, [TensorPrimitives.Sum(gradient)], [Rows]);
    }

    /// <summary>Sums over the rows of a leaf.</summary>
    private ExactLeaf Sum(int number, int depth, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, bool[]? bag)
    {
        double[] first = new double[Outputs], second = new double[Outputs];
        for (int row = 0; row < Rows; row++)
        {
            if (LeafOfRow[row] == number && (bag is null || bag[row])) Add(row, gradient, curvature, first, second);
        }

        return new ExactLeaf(depth, first, second);
    }

    private void Add(int row, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, double[] first, double[] second)
    {
        for (int k = 0; k < first.Length; k++)
        {
            first[k] += gradient[(row * Outputs) + k];
            second[k] += curvature.IsEmpty ? 1 : curvature[(row * Outputs) + k];
        }
    }

    /// <summary>The left part from the whole and the right part. Numbers of rows are exact; summed curvatures, which may cancel, are not taken from each other.</summary>
    private static ExactLeaf Rest(ExactLeaf whole, ExactLeaf right)
    {
        double[] first = new double[right.Gradient.Length], second = new double[first.Length];
        for (int k = 0; k < first.Length; k++) (first[k], second[k]) = (whole.Gradient[k] - right.Gradient[k], whole.Curvature[k] - right.Curvature[k]);
        return new ExactLeaf(right.Depth, first, second);
    }

    private unsafe ExactCut Cut(ExactLeaf leaf, int number, bool isRoot, ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample, bool[]? bag)
    {
        fixed (double* gradients = gradient, curvatures = curvature)
        {
            var body = new ExactCutSearch
            {
                Columns = _columns,
                Sample = sample,
                LeafOfRow = isRoot ? null : LeafOfRow,
                Bag = bag,
                Leaf = number,
                Gradient = gradients,
                Curvature = curvature.IsEmpty ? null : curvatures,
                First = leaf.Gradient,
                Second = leaf.Curvature,
                Reciprocals = _reciprocals,
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
