namespace Polymath.Boosting;

/// <summary>
/// Fits trees to the derivatives of a loss over one set of rows, again and again. A leaf holds the minimum of the quadratic model of the
/// loss over its rows, -T(G) / (H + L2) with G and H the sums of first and second derivatives and T the soft threshold by L1; a split is
/// worth what it lowers that model, twice sum_k T(G)^2 / (H + L2) of the children less the parent.
/// </summary>
internal abstract class TreeLearner(int rows, int features, int outputs)
{
    /// <summary>Rows learned from.</summary>
    public int Rows => rows;

    /// <summary>Columns learned from.</summary>
    public int Features => features;

    /// <summary>Values per leaf.</summary>
    public int Outputs => outputs;

    /// <summary>The leaf of every row in the tree fitted last, also of rows that were not in its sample.</summary>
    public int[] LeafOfRow { get; } = new int[rows];

    /// <summary>Fits one tree.</summary>
    /// <param name="gradient">First derivatives, <c>[rows, outputs]</c>.</param>
    /// <param name="curvature">Second derivatives, <c>[rows, outputs]</c>, 0 or more; empty for 1 everywhere.</param>
    /// <param name="sample">The rows and columns to look at.</param>
    public abstract Tree Fit(ReadOnlySpan<double> gradient, ReadOnlySpan<double> curvature, TreeSample sample);

    /// <summary>T(G)^2 / (H + L2); 0 without weight.</summary>
    public static double Score(double gradient, double curvature, double l1, double l2)
    {
        double weight = curvature + l2;
        if (!(weight > 0)) return 0;
        double shrunk = Shrink(gradient, l1);
        return shrunk * shrunk / weight;
    }

    /// <summary>-T(G) / (H + L2); 0 without weight.</summary>
    public static double LeafValue(double gradient, double curvature, double l1, double l2)
    {
        double weight = curvature + l2;
        return weight > 0 ? -Shrink(gradient, l1) / weight : 0;
    }

    private static double Shrink(double gradient, double l1) => l1 == 0 ? gradient : Math.CopySign(Math.Max(Math.Abs(gradient) - l1, 0), gradient);
}
