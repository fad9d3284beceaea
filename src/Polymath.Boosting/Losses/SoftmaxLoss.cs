using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// Cross-entropy of softmax(F), one score per class: -F_y + log sum_c exp F_c. The curvature is K/(K-1) p (1-p), the diagonal that makes
/// a Newton step on all K scores at once right for a symmetric leaf (Friedman, Hastie, Tibshirani 2000, "Additive logistic regression").
/// </summary>
public sealed class SoftmaxLoss : BoostingLoss
{
    private const double LeastCurvature = 1e-16;

    /// <summary>A loss over classes.</summary>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <exception cref="BoostingException">Fewer than 2.</exception>
    public SoftmaxLoss(int classes) => Outputs = classes >= 2 ? classes : throw new BoostingException($"softmax: found {classes} classes, expected 2 or more.");

    /// <inheritdoc/>
    public override string Name => "softmax";

    /// <inheritdoc/>
    public override IReadOnlyList<TargetKind> Kinds => [TargetKind.Binary, TargetKind.Multiclass];

    /// <inheritdoc/>
    public override int Outputs { get; }

    /// <inheritdoc/>
    public override double Sum(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double sum = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            if (float.IsNaN(labels[row])) continue;
            ReadOnlySpan<double> of = scores.Slice(row * Outputs, Outputs);
            double largest = Largest(of), total = 0;
            foreach (double score in of) total += Math.Exp(score - largest);
            sum += (Math.Log(total) + largest - of[(int)labels[row]]) * (weights.IsEmpty ? 1 : weights[row]);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature)
    {
        double factor = Outputs / (Outputs - 1.0);
        for (int row = 0; row < labels.Length; row++)
        {
            Span<double> of = gradient.Slice(row * Outputs, Outputs);
            if (float.IsNaN(labels[row]))
            {
                of.Clear();
                if (!curvature.IsEmpty) curvature.Slice(row * Outputs, Outputs).Clear();
                continue;
            }

            Probabilities(scores.Slice(row * Outputs, Outputs), of);
            if (!curvature.IsEmpty)
            {
                for (int c = 0; c < Outputs; c++) curvature[(row * Outputs) + c] = Math.Max(factor * of[c] * (1 - of[c]), LeastCurvature);
            }

            of[(int)labels[row]] -= 1;
        }
    }

    /// <summary>Logarithms of the class shares, with one row more in every class, so that an absent class stays finite.</summary>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores)
    {
        double total = 0;
        scores.Fill(1);
        for (int row = 0; row < labels.Length; row++)
        {
            if (float.IsNaN(labels[row])) continue;
            double weight = weights.IsEmpty ? 1 : weights[row];
            scores[(int)labels[row]] += weight;
            total += weight;
        }

        foreach (ref double score in scores) score = Math.Log(score / (total + Outputs));
    }

    /// <inheritdoc/>
    public override void Link(Span<double> scores)
    {
        for (int start = 0; start < scores.Length; start += Outputs)
        {
            Span<double> of = scores.Slice(start, Outputs);
            Probabilities(of, of);
        }
    }

    private static void Probabilities(ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        double largest = Largest(scores), total = 0;
        for (int c = 0; c < scores.Length; c++) total += probabilities[c] = Math.Exp(scores[c] - largest);
        double factor = 1 / total;
        foreach (ref double probability in probabilities) probability *= factor;
    }

    private static double Largest(ReadOnlySpan<double> scores)
    {
        double largest = scores[0];
        foreach (double score in scores) largest = Math.Max(largest, score);
        return largest;
    }
}
