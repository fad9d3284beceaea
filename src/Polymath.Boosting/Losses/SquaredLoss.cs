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
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double sum = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            if (float.IsNaN(labels[row])) continue;
            double distance = scores[row] - labels[row];
            sum += distance * distance * (weights.IsEmpty ? 1 : weights[row]);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature)
    {
        for (int row = 0; row < labels.Length; row++)
        {
            bool observed = !float.IsNaN(labels[row]);
            gradient[row] = observed ? scores[row] - labels[row] : 0;
            if (!curvature.IsEmpty) curvature[row] = observed ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores) => scores[0] = WeightedMean.Of(labels, weights);
}
