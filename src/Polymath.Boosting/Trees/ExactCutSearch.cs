using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>Finds the best cut of a leaf in every column; one chunk is one column.</summary>
internal unsafe struct ExactCutSearch : IBody
{
    public required SortedColumns Columns { get; init; }

    public required TreeSample Sample { get; init; }

    /// <summary>Null when every row is in the leaf.</summary>
    public required int[]? LeafOfRow { get; init; }

    /// <summary>Null when every row is in the sample.</summary>
    public required bool[]? Bag { get; init; }

    public required int Leaf { get; init; }

    public required double* Gradient { get; init; }

    /// <summary>Null for 1 everywhere.</summary>
    public required double* Curvature { get; init; }

    /// <summary>Sums over the leaf.</summary>
    public required double[] First { get; init; }

    /// <summary>Sums over the leaf.</summary>
    public required double[] Second { get; init; }

    public required BoostingOptions Options { get; init; }

    public required ExactCut[] Cuts { get; init; }

    /// <summary>1 / (n + L2) by the number of rows n.</summary>
    public required double[] Reciprocals { get; init; }

    /// <inheritdoc/>
    public readonly void Run(int chunk) => Cuts[chunk] = !Sample.Allows(chunk) ? ExactCut.None
        : Curvature is null && LeafOfRow is null && Bag is null && Options.L1 == 0 ? Whole(chunk)
        : Any(chunk);

    /// <summary>The usual case, all rows with curvature 1.</summary>
    private readonly ExactCut Whole(int feature)
    {
        var scan = new WholeColumnScan(Columns, feature, Gradient, First, Reciprocals, (int)Math.Ceiling(Math.Max(Options.MinChildWeight, 1)));
        int at = scan.Best(out double score);
        if (at == 0) return ExactCut.None;
        float[] values = Columns.Values[feature];
        foreach (double sum in First) score -= sum * sum * Reciprocals[values.Length];
        return new ExactCut(feature, Midpoint.Of(values[at - 1], values[at]), score);
    }

    private readonly ExactCut Any(int feature)
    {
        int outputs = First.Length;
        int[] order = Columns.Order[feature];
        float[] values = Columns.Values[feature];
        Span<double> left = stackalloc double[outputs], weight = stackalloc double[outputs];
        left.Clear();
        weight.Clear();
        double best = double.NegativeInfinity, parent = 0;
        for (int k = 0; k < outputs; k++) parent += TreeLearner.Score(First[k], Second[k], Options.L1, Options.L2);
        float previous = float.NaN, lower = 0, upper = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int row = order[i];
            if ((LeafOfRow is not null && LeafOfRow[row] != Leaf) || (Bag is not null && !Bag[row])) continue;
            if (values[i] > previous + SortedColumns.LeastDistance && ScoreOf(left, weight) is double score && score > best) (best, lower, upper) = (score, previous, values[i]);
            previous = values[i];
            for (int k = 0; k < outputs; k++)
            {
                left[k] += Gradient[(row * outputs) + k];
                weight[k] += Curvature is null ? 1 : Curvature[(row * outputs) + k];
            }
        }

        return double.IsNegativeInfinity(best) ? ExactCut.None : new ExactCut(feature, Midpoint.Of(lower, upper), best - parent);
    }

    /// <summary>Null when a side is too light.</summary>
    private readonly double? ScoreOf(ReadOnlySpan<double> left, ReadOnlySpan<double> weight)
    {
        double score = 0, lightLeft = 0, lightRight = 0;
        for (int k = 0; k < left.Length; k++)
        {
            score += TreeLearner.Score(left[k], weight[k], Options.L1, Options.L2) + TreeLearner.Score(First[k] - left[k], Second[k] - weight[k], Options.L1, Options.L2);
            lightLeft += weight[k];
            lightRight += Second[k] - weight[k];
        }

        return lightLeft >= Options.MinChildWeight * left.Length && lightRight >= Options.MinChildWeight * left.Length ? score : null;
    }
}
