namespace Polymath.Boosting;

/// <summary>A leaf while an exact tree grows.</summary>
/// <param name="Depth">Splits above it.</param>
/// <param name="Gradient">Sums of first derivatives, by output.</param>
/// <param name="Curvature">Sums of second derivatives, by output.</param>
internal sealed record ExactLeaf(int Depth, double[] Gradient, double[] Curvature)
{
    /// <summary>Its best cut; null before it was looked for, which costs a pass over all columns.</summary>
    public ExactCut? Cut { get; set; }

    /// <summary>Mean over outputs of the summed second derivatives: the number of rows where these are 1.</summary>
    public double Cover => Curvature.Average();
}
