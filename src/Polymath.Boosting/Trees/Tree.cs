namespace Polymath.Boosting;

/// <summary>
/// One regression tree with a vector of values in every leaf. A row goes left where its feature is at most the threshold, or where its
/// category is in the set; a missing value goes the way the split has settled.
/// </summary>
/// <remarks>Splits are numbered from 0, the root; a child c of 0 or more is a split, a negative one is the leaf ~c. A tree without splits is the leaf 0.</remarks>
public sealed class Tree
{
    internal Tree(int outputs, TreeSplit[] splits, double[] values, double[] covers)
    {
        (Outputs, Splits, LeafValues, LeafCovers) = (outputs, splits, values, covers);
    }

    /// <summary>Values per leaf.</summary>
    public int Outputs { get; }

    /// <summary>The splits, the root first.</summary>
    public IReadOnlyList<TreeSplit> Splits { get; }

    /// <summary>Number of leaves.</summary>
    public int Leaves => LeafCovers.Length;

    /// <summary><c>[leaves, outputs]</c>, before the learning rate.</summary>
    internal double[] LeafValues { get; }

    /// <summary>The weight of training rows in each leaf: their number where the curvature is 1.</summary>
    internal double[] LeafCovers { get; }

    /// <summary>The values of a leaf, before the learning rate.</summary>
    /// <param name="leaf">Leaf number.</param>
    public ReadOnlySpan<double> Values(int leaf) => LeafValues.AsSpan(leaf * Outputs, Outputs);

    /// <summary>The weight of the training rows in a leaf.</summary>
    /// <param name="leaf">Leaf number.</param>
    public double Cover(int leaf) => LeafCovers[leaf];

    /// <summary>The leaf of a row.</summary>
    /// <param name="row">The features of the row.</param>
    public int LeafOf(ReadOnlySpan<float> row)
    {
        if (Splits.Count == 0) return 0;
        var splits = (TreeSplit[])Splits;
        int at = 0;
        do
        {
            TreeSplit split = splits[at];
            at = split.GoesLeft(row[split.Feature]) ? split.Left : split.Right;
        }
        while (at >= 0);
        return ~at;
    }

    /// <summary>Adds <paramref name="rate"/> times the tree to the scores of consecutive rows, <c>[rows, Outputs]</c>.</summary>
    internal void AddTo(FeatureMatrix features, int start, Span<double> scores, double rate)
    {
        int rows = scores.Length / Outputs;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> values = Values(LeafOf(features.Row(start + row)));
            Span<double> of = scores.Slice(row * Outputs, Outputs);
            for (int k = 0; k < of.Length; k++) of[k] += rate * values[k];
        }
    }
}
