namespace Polymath.Boosting;

/// <summary>
/// Shapley values of one tree, where a feature outside a coalition sends a row down both children in proportion to their covers
/// (Lundberg, Erion, Lee 2018, "Consistent individualized feature attribution for tree ensembles", algorithm 2). The path from the root
/// holds each feature once, with the share of coalitions of every size; costs leaves * depth^2.
/// </summary>
internal sealed class TreeShap
{
    private PathStep[] _steps = [];
    private Tree _tree = null!;
    private TreeSplit[] _splits = [];

    /// <summary>A step of the path: the part of rows that pass it when its feature is unknown, and 1 or 0 for whether the row explained does.</summary>
    private record struct PathStep(int Feature, double Zero, double One, double Weight);

    /// <summary>The mean of a tree over its covers, by output.</summary>
    public static double[] Expected(Tree tree)
    {
        double[] mean = new double[tree.Outputs];
        Visit(tree.Splits.Count == 0 ? ~0 : 0, 1);
        return mean;

        void Visit(int node, double share)
        {
            if (node < 0)
            {
                for (int k = 0; k < mean.Length; k++) mean[k] += share * tree.Values(~node)[k];
                return;
            }

            (double left, double right) = Shares(tree, tree.Splits[node]);
            Visit(tree.Splits[node].Left, share * left);
            Visit(tree.Splits[node].Right, share * right);
        }
    }

    /// <summary>Adds <paramref name="factor"/> times the Shapley values of a row.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="row">The features of the row.</param>
    /// <param name="factor">What the tree counts.</param>
    /// <param name="columns">Columns of <paramref name="values"/>; a feature past the last one counts as the last.</param>
    /// <param name="values"><c>[tree.Outputs, columns]</c>.</param>
    public void Add(Tree tree, ReadOnlySpan<float> row, double factor, int columns, Span<double> values)
    {
        if (tree.Splits.Count == 0) return;
        (_tree, _splits) = (tree, (TreeSplit[])tree.Splits);
        int most = Depth(0) + 2;
        if (_steps.Length < most * (most + 1)) _steps = new PathStep[most * (most + 1)];
        Visit(0, from: 0, at: 0, length: 0, zero: 1, one: 1, feature: -1, row, factor, columns, values);
    }

    private static (double Left, double Right) Shares(Tree tree, TreeSplit split)
    {
        double left = Cover(split.Left), right = Cover(split.Right), total = left + right;
        return total > 0 ? (left / total, right / total) : (0.5, 0.5);

        double Cover(int node) => node < 0 ? tree.Cover(~node) : tree.Splits[node].Cover;
    }

    private int Depth(int node) => node < 0 ? 0 : 1 + Math.Max(Depth(_splits[node].Left), Depth(_splits[node].Right));

    /// <summary>Copies the path of the parent, at <paramref name="from"/>, to <paramref name="at"/>, extends it by a step, and goes on.</summary>
    private void Visit(int node, int from, int at, int length, double zero, double one, int feature, ReadOnlySpan<float> row, double factor, int columns, Span<double> values)
    {
        _steps.AsSpan(from, length).CopyTo(_steps.AsSpan(at));
        Span<PathStep> path = _steps.AsSpan(at, length + 1);
        Extend(path, zero, one, feature);
        if (node < 0)
        {
            ReadOnlySpan<double> leaf = _tree.Values(~node);
            for (int i = 1; i < path.Length; i++)
            {
                double weight = factor * WeightWithout(path, i) * (path[i].One - path[i].Zero);
                int column = Math.Min(path[i].Feature, columns - 1);
                for (int k = 0; k < leaf.Length; k++) values[(k * columns) + column] += weight * leaf[k];
            }

            return;
        }

        TreeSplit split = _splits[node];
        (double left, double right) = Shares(_tree, split);
        bool goesLeft = split.GoesLeft(row[split.Feature]);
        double zeroBefore = 1, oneBefore = 1;
        for (int i = 1; i < path.Length; i++)
        {
            if (path[i].Feature != split.Feature) continue;
            (zeroBefore, oneBefore) = (path[i].Zero, path[i].One);
            Unwind(path, i);
            path = path[..^1];
            break;
        }

        int next = at + path.Length + 1;
        // A child that no row reaches, known or unknown, has no part.
        if (zeroBefore * left > 0 || (goesLeft && oneBefore > 0)) Visit(split.Left, at, next, path.Length, zeroBefore * left, goesLeft ? oneBefore : 0, split.Feature, row, factor, columns, values);
        if (zeroBefore * right > 0 || (!goesLeft && oneBefore > 0)) Visit(split.Right, at, next, path.Length, zeroBefore * right, goesLeft ? 0 : oneBefore, split.Feature, row, factor, columns, values);
    }

    private static void Extend(Span<PathStep> path, double zero, double one, int feature)
    {
        int length = path.Length - 1;
        path[length] = new PathStep(feature, zero, one, length == 0 ? 1 : 0);
        for (int i = length - 1; i >= 0; i--)
        {
            path[i + 1].Weight += one * path[i].Weight * (i + 1) / (length + 1);
            path[i].Weight = zero * path[i].Weight * (length - i) / (length + 1);
        }
    }

    /// <summary>Undoes the extension by step i; the last place is then free.</summary>
    private static void Unwind(Span<PathStep> path, int i)
    {
        int length = path.Length;
        (double zero, double one, double carried) = (path[i].Zero, path[i].One, path[^1].Weight);
        for (int j = length - 2; j >= 0; j--)
        {
            if (one != 0)
            {
                double before = path[j].Weight;
                path[j].Weight = carried * length / ((j + 1) * one);
                carried = before - (path[j].Weight * zero * (length - 1 - j) / length);
            }
            else
            {
                path[j].Weight = path[j].Weight * length / (zero * (length - 1 - j));
            }
        }

        for (int j = i; j < length - 1; j++) path[j] = path[j + 1] with { Weight = path[j].Weight };
    }

    /// <summary>The summed weight of a path without step i.</summary>
    private static double WeightWithout(ReadOnlySpan<PathStep> path, int i)
    {
        int length = path.Length;
        (double zero, double one, double carried, double sum) = (path[i].Zero, path[i].One, path[^1].Weight, 0);
        for (int j = length - 2; j >= 0; j--)
        {
            if (one != 0)
            {
                double weight = carried * length / ((j + 1) * one);
                sum += weight;
                carried = path[j].Weight - (weight * zero * (length - 1 - j) / length);
            }
            else
            {
                sum += path[j].Weight * length / (zero * (length - 1 - j));
            }
        }

        return sum;
    }
}
