using System.Globalization;
using System.Runtime.Intrinsics;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// alpha (y - F) where F is below y and (1 - alpha) (F - y) where it is above (Koenker, Bassett 1978, "Regression quantiles"): predicts
/// the number that a share alpha of the labels stays below. Leaves get that quantile of their residuals.
/// </summary>
public sealed class QuantileLoss : BoostingLoss
{
    private readonly LeafRefit _refit;

    /// <summary>A quantile.</summary>
    /// <param name="alpha">The share of labels below. Range: (0, 1); 0.5 is half the absolute loss.</param>
    /// <exception cref="BoostingException">Out of range.</exception>
    public QuantileLoss(double alpha = 0.5)
    {
        Alpha = alpha is > 0 and < 1 ? alpha : throw new BoostingException($"quantile: found alpha={alpha.ToString(CultureInfo.InvariantCulture)}, expected a number in (0, 1).");
        _refit = (residuals, weights) => WeightedQuantile.Of(Alpha, residuals, weights);
    }

    /// <summary>The share of labels below.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public override string Name => Alpha == 0.5 ? "quantile" : $"quantile:alpha={Alpha.ToString(CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override IReadOnlyList<TargetKind> Kinds => [TargetKind.Regression, TargetKind.Count];

    /// <inheritdoc/>
    public override bool HasUnitCurvature => true;

    /// <summary>The weighted quantile.</summary>
    public override LeafRefit? Refit => _refit;

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => ScoreLoop.Sum(new Rule(Alpha), scores, labels, weights);

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature) => ScoreLoop.Differentiate(new Rule(Alpha), scores, labels, gradient, curvature);

    /// <inheritdoc/>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores) => scores[0] = ObservedLabels.Fit(_refit, labels, weights);

    private readonly struct Rule(double alpha) : IScoreRule
    {
        public Vector512<double> Value(Vector512<double> scores, Vector512<double> labels)
        {
            Vector512<double> above = scores - labels;
            return Vector512.Max(above * (1 - alpha), above * -alpha);
        }

        public Vector512<double> Slope(Vector512<double> scores, Vector512<double> labels, out Vector512<double> curvature)
        {
            curvature = Vector512<double>.One;
            return (Vector512.GreaterThan(scores, labels) & Vector512.Create(1 - alpha)) - (Vector512.LessThan(scores, labels) & Vector512.Create(alpha));
        }

        public Vector512<double> Link(Vector512<double> scores) => scores;
    }
}
