using System.Runtime.Intrinsics;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// |F - y|: predicts the median, and outliers pull no harder than other rows. The gradient is a sign and the curvature counts as 1; leaves
/// then get the median of their residuals (Friedman 2001, "Greedy function approximation", algorithm 3).
/// </summary>
public sealed class AbsoluteLoss : BoostingLoss
{
    /// <inheritdoc/>
    public override string Name => "absolute";

    /// <inheritdoc/>
    public override IReadOnlyList<TargetKind> Kinds => [TargetKind.Regression, TargetKind.Count];

    /// <inheritdoc/>
    public override bool HasUnitCurvature => true;

    /// <summary>The weighted median.</summary>
    public override LeafRefit? Refit => static (residuals, weights) => WeightedQuantile.Of(0.5, residuals, weights);

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => ScoreLoop.Sum(default(Rule), scores, labels, weights);

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature) => ScoreLoop.Differentiate(default(Rule), scores, labels, gradient, curvature);

    /// <inheritdoc/>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores) => scores[0] = ObservedLabels.Fit(Refit!, labels, weights);

    private readonly struct Rule : IScoreRule
    {
        public Vector512<double> Value(Vector512<double> scores, Vector512<double> labels) => Vector512.Abs(scores - labels);

        public Vector512<double> Slope(Vector512<double> scores, Vector512<double> labels, out Vector512<double> curvature)
        {
            curvature = Vector512<double>.One;
            return (Vector512.GreaterThan(scores, labels) & Vector512<double>.One) - (Vector512.LessThan(scores, labels) & Vector512<double>.One);
        }

        public Vector512<double> Link(Vector512<double> scores) => scores;
    }
}
