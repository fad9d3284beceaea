using System.Globalization;
using System.Runtime.Intrinsics;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// (F - y)^2 / 2 up to a distance delta and delta (|F - y| - delta / 2) beyond it (Huber 1964): squared error whose outliers pull no
/// harder than delta. The curvature counts as 1, which bounds it; leaves then get the constant of least loss, because steps of at most
/// delta would be slow where labels are spread much wider.
/// </summary>
public sealed class HuberLoss : BoostingLoss
{
    private const int Iterations = 100;
    private const double Tolerance = 1e-14;
    private readonly LeafRefit _refit;

    /// <summary>A loss that turns linear.</summary>
    /// <param name="delta">Distance at which it does, in the label's unit. Range: above 0.</param>
    /// <exception cref="BoostingException">Out of range.</exception>
    public HuberLoss(double delta = 1)
    {
        Delta = delta > 0 && double.IsFinite(delta) ? delta : throw new BoostingException($"huber: found delta={delta.ToString(CultureInfo.InvariantCulture)}, expected a number above 0.");
        _refit = Least;
    }

    /// <summary>Where the loss turns linear.</summary>
    public double Delta { get; }

    /// <inheritdoc/>
    public override string Name => Delta == 1 ? "huber" : $"huber:delta={Delta.ToString(CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override IReadOnlyList<TargetKind> Kinds => [TargetKind.Regression, TargetKind.Count];

    /// <inheritdoc/>
    public override bool HasUnitCurvature => true;

    /// <summary>The constant of least loss.</summary>
    public override LeafRefit? Refit => _refit;

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => ScoreLoop.Sum(new Rule(Delta), scores, labels, weights);

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature) => ScoreLoop.Differentiate(new Rule(Delta), scores, labels, gradient, curvature);

    /// <inheritdoc/>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores) => scores[0] = ObservedLabels.Fit(_refit, labels, weights);

    /// <summary>The root of sum w clip(r - c, delta), which falls in c and is linear between breaks: Newton steps, halving where one leaves the bracket.</summary>
    private double Least(Span<double> residuals, Span<float> weights)
    {
        double at = WeightedQuantile.Of(0.5, residuals, weights), low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double residual in residuals) (low, high) = (Math.Min(low, residual), Math.Max(high, residual));
        for (int iteration = 0; iteration < Iterations && low < high; iteration++)
        {
            double pull = 0, inside = 0, total = 0;
            for (int row = 0; row < residuals.Length; row++)
            {
                double distance = residuals[row] - at, weight = weights.IsEmpty ? 1 : weights[row];
                pull += weight * Math.Clamp(distance, -Delta, Delta);
                if (Math.Abs(distance) <= Delta) inside += weight;
                total += weight;
            }

            // Rounding must not be taken for a slope where every c between two far groups is as good.
            if (Math.Abs(pull) <= Tolerance * total * Delta) break;
            if (pull > 0) low = at;
            else high = at;
            double next = at + (pull / inside);
            if (!(next > low && next < high)) next = low + ((high - low) / 2);
            if (next == at) break;
            at = next;
        }

        return at;
    }

    private readonly struct Rule(double delta) : IScoreRule
    {
        public Vector512<double> Value(Vector512<double> scores, Vector512<double> labels)
        {
            // With q the part of the distance up to delta: q^2 / 2 within, delta |d| - delta^2 / 2 beyond; both are q (|d| - q / 2).
            Vector512<double> distance = Vector512.Abs(scores - labels), part = Vector512.Min(distance, Vector512.Create(delta));
            return part * (distance - (part * 0.5));
        }

        public Vector512<double> Slope(Vector512<double> scores, Vector512<double> labels, out Vector512<double> curvature)
        {
            curvature = Vector512<double>.One;
            return Vector512.Min(Vector512.Max(scores - labels, Vector512.Create(-delta)), Vector512.Create(delta));
        }

        public Vector512<double> Link(Vector512<double> scores) => scores;
    }
}
