using System.Runtime.Intrinsics;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>(F - y)^2 / 2; the mean reported is that of (F - y)^2, as usual for regression.</summary>
public sealed class SquaredLoss : BoostingLoss
{
    /// <inheritdoc/>
    public override string Name => "squared";

    /// <inheritdoc/>
    public override IReadOnlyList<TargetKind> Kinds => [TargetKind.Regression, TargetKind.Count];

    /// <inheritdoc/>
    public override bool HasUnitCurvature => true;

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => ScoreLoop.Sum(default(Rule), scores, labels, weights);

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature) => ScoreLoop.Differentiate(default(Rule), scores, labels, gradient, curvature);

    /// <inheritdoc/>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores) => scores[0] = WeightedMean.Of(labels, weights);

    private readonly struct Rule : IScoreRule
    {
        public Vector512<double> Value(Vector512<double> scores, Vector512<double> labels) => (scores - labels) * (scores - labels);

        public Vector512<double> Slope(Vector512<double> scores, Vector512<double> labels, out Vector512<double> curvature)
        {
            curvature = Vector512<double>.One;
            return scores - labels;
        }

        public Vector512<double> Link(Vector512<double> scores) => scores;
    }
}
