using System.Globalization;
using System.Runtime.Intrinsics;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// exp F - y F, the negative log-likelihood of a count y with mean exp F, without the term that only y decides. Predictions are exp F.
/// </summary>
/// <remarks>
/// The second derivative, exp F, grows along a step, so a Newton step may shoot far past the least loss. XGBoost and LightGBM limit it by
/// <c>max_delta_step</c>, and so does this: leaf values stay within <see cref="MaxStep"/>, and the curvature is exp(F + MaxStep), the
/// largest in reach. The quadratic model then lies above the loss, and no step raises it.
/// </remarks>
public sealed class PoissonLoss : BoostingLoss
{
    /// <summary>The default of <see cref="MaxStep"/>, that of XGBoost and LightGBM.</summary>
    internal const double DefaultStep = 0.7;

    /// <summary>A Poisson loss.</summary>
    /// <param name="maxStep">Largest value of a leaf, on the log scale. Range: above 0, at most 10.</param>
    /// <exception cref="BoostingException">Out of range.</exception>
    public PoissonLoss(double maxStep = DefaultStep) => MaxStep = maxStep is > 0 and <= 10 ? maxStep : throw new BoostingException($"poisson: found max_step={maxStep.ToString(CultureInfo.InvariantCulture)}, expected a number in (0, 10].");

    /// <inheritdoc/>
    public override string Name => MaxStep == DefaultStep ? "poisson" : $"poisson:max_step={MaxStep.ToString(CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override IReadOnlyList<TargetKind> Kinds => [TargetKind.Count];

    /// <inheritdoc/>
    public override double MaxStep { get; }

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => ScoreLoop.Sum(default(Rule), scores, labels, weights);

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature) => ScoreLoop.Differentiate(new Rule(Math.Exp(MaxStep)), scores, labels, gradient, curvature);

    /// <summary>log of the mean count, of at least one in a million where all counts are 0.</summary>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores) => scores[0] = Math.Log(Math.Max(WeightedMean.Of(labels, weights), 1e-6));

    /// <inheritdoc/>
    public override void Link(Span<double> scores) => ScoreLoop.Link(default(Rule), scores);

    private readonly struct Rule(double growth) : IScoreRule
    {
        public Vector512<double> Value(Vector512<double> scores, Vector512<double> labels) => Vector512.Exp(scores) - (labels * scores);

        public Vector512<double> Slope(Vector512<double> scores, Vector512<double> labels, out Vector512<double> curvature)
        {
            Vector512<double> mean = Vector512.Exp(scores);
            curvature = mean * growth;
            return mean - labels;
        }

        public Vector512<double> Link(Vector512<double> scores) => Vector512.Exp(scores);
    }
}
