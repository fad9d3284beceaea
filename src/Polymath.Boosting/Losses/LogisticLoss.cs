using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// Cross-entropy of two classes with one score, the log odds of class 1: log(1 + exp(-z)) with z = F for class 1 and -F for class 0. The
/// curvature is p (1 - p), and predictions are p = 1 / (1 + exp(-F)).
/// </summary>
public sealed class LogisticLoss : BoostingLoss
{
    private const double LeastShare = 1e-6, LeastCurvature = 1e-16;

    /// <inheritdoc/>
    public override string Name => "logistic";

    /// <inheritdoc/>
    public override IReadOnlyList<TargetKind> Kinds => [TargetKind.Binary];

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights) => weights.IsEmpty ? Sum(scores, labels) : ScoreLoop.Sum(default(Rule), scores, labels, weights);

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature) => ScoreLoop.Differentiate(default(Rule), scores, labels, gradient, curvature);

    /// <summary>The log odds of class 1, whose share counts as at least one in a million and at most all but that.</summary>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores)
    {
        double share = Math.Clamp(WeightedMean.Of(labels, weights), LeastShare, 1 - LeastShare);
        scores[0] = Math.Log(share / (1 - share));
    }

    /// <inheritdoc/>
    public override void Link(Span<double> scores) => ScoreLoop.Link(default(Rule), scores);

    /// <summary>Without weights the factors 1 + exp(-|F|), which lie in [1, 2], are multiplied up, and one logarithm is taken of many.</summary>
    private static double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels)
    {
        const int Block = 512;
        int lanes = Vector512<double>.Count, whole = labels.Length / lanes * lanes;
        Vector512<double> sum = default, one = Vector512<double>.One;
        for (int start = 0; start < whole; start += Block * lanes)
        {
            Vector512<double> product = one;
            for (int row = start; row < Math.Min(whole, start + (Block * lanes)); row += lanes)
            {
                Vector512<double> score = Vector512.Create(scores[row..]), label = ScoreLoop.Widen(labels[row..]), observed = Vector512.Equals(label, label);
                sum += Vector512.MaxNative(Vector512.ConditionalSelect(Vector512.Equals(label, one), -score, score), Vector512<double>.Zero) & observed;
                product *= Vector512.ConditionalSelect(observed, one + Vector512.Exp(-Vector512.Abs(score)), one);
            }

            sum += Vector512.Log(product);
        }

        return Vector512.Sum(sum) + ScoreLoop.Sum(default(Rule), scores[whole..], labels[whole..], default);
    }

    /// <summary>exp is taken of -|F| only, so that it cannot overflow and small probabilities keep their digits.</summary>
    private readonly struct Rule : IScoreRule
    {
        private static Vector512<double> One => Vector512<double>.One;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<double> Value(Vector512<double> scores, Vector512<double> labels)
        {
            Vector512<double> wrong = Vector512.ConditionalSelect(Vector512.Equals(labels, One), -scores, scores);
            return Vector512.MaxNative(wrong, Vector512<double>.Zero) + Vector512.Log(One + Vector512.Exp(-Vector512.Abs(scores)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<double> Slope(Vector512<double> scores, Vector512<double> labels, out Vector512<double> curvature)
        {
            Vector512<double> rare = Rare(scores), isOne = Vector512.Equals(labels, One), positive = Vector512.GreaterThanOrEqual(scores, Vector512<double>.Zero);
            curvature = Vector512.MaxNative(rare * (One - rare), Vector512.Create(LeastCurvature));
            // The wrong class is the rare one where F has the sign of the label.
            Vector512<double> wrong = Vector512.ConditionalSelect(isOne ^ positive, One - rare, rare);
            return Vector512.ConditionalSelect(isOne, -wrong, wrong);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<double> Link(Vector512<double> scores)
        {
            Vector512<double> rare = Rare(scores);
            return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(scores, Vector512<double>.Zero), One - rare, rare);
        }

        /// <summary>The probability of the less likely class.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<double> Rare(Vector512<double> scores)
        {
            Vector512<double> odds = Vector512.Exp(-Vector512.Abs(scores));
            return odds / (One + odds);
        }
    }
}
