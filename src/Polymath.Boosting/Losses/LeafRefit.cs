namespace Polymath.Boosting;

/// <summary>The best constant to add to the scores of some rows.</summary>
/// <param name="residuals">label - score of each observed row; may be reordered.</param>
/// <param name="weights">A weight of each, or empty for 1; reordered along.</param>
public delegate double LeafRefit(Span<double> residuals, Span<float> weights);
