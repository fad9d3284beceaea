using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>
/// Cross-entropy of softmax(F), one score per class: -F_y + log sum_c exp F_c. The curvature is K/(K-1) p (1-p), the diagonal that makes
/// a Newton step on all K scores at once right for a symmetric leaf (Friedman, Hastie, Tibshirani 2000, "Additive logistic regression").
/// </summary>
public sealed class SoftmaxLoss : BoostingLoss
{
    private const double LeastShare = 1e-6;

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
        Span<double> room = stackalloc double[Outputs <= SoftmaxRows.OnStack ? SoftmaxRows.Room(Outputs) : 0];
        var rows = new SoftmaxRows(Outputs, room);
        Span<double> logSums = stackalloc double[SoftmaxRows.Lanes];
        double sum = 0;
        for (int start = 0; start < labels.Length; start += SoftmaxRows.Lanes)
        {
            int count = Math.Min(SoftmaxRows.Lanes, labels.Length - start);
            rows.Load(scores.Slice(start * Outputs, count * Outputs));
            rows.LogSums(logSums);
            for (int row = start; row < start + count; row++)
            {
                if (!float.IsNaN(labels[row])) sum += (logSums[row - start] - scores[(row * Outputs) + (int)labels[row]]) * (weights.IsEmpty ? 1 : weights[row]);
            }
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Differentiate(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, Span<double> gradient, Span<double> curvature)
    {
        Span<double> room = stackalloc double[Outputs <= SoftmaxRows.OnStack ? SoftmaxRows.Room(Outputs) : 0];
        var rows = new SoftmaxRows(Outputs, room);
        for (int start = 0; start < labels.Length; start += SoftmaxRows.Lanes)
        {
            int count = Math.Min(SoftmaxRows.Lanes, labels.Length - start), from = start * Outputs, length = count * Outputs;
            rows.Load(scores.Slice(from, length));
            rows.Normalise();
            rows.Store(gradient.Slice(from, length));
            if (!curvature.IsEmpty) rows.StoreCurvature(curvature.Slice(from, length));
            for (int row = start; row < start + count; row++)
            {
                if (!float.IsNaN(labels[row]))
                {
                    gradient[(row * Outputs) + (int)labels[row]] -= 1;
                    continue;
                }

                gradient.Slice(row * Outputs, Outputs).Clear();
                if (!curvature.IsEmpty) curvature.Slice(row * Outputs, Outputs).Clear();
            }
        }
    }

    /// <summary>Logarithms of the class shares; the share of an absent class counts as one in a million, so that it stays finite.</summary>
    public override void Constant(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> scores)
    {
        double total = 0;
        scores.Clear();
        for (int row = 0; row < labels.Length; row++)
        {
            if (float.IsNaN(labels[row])) continue;
            double weight = weights.IsEmpty ? 1 : weights[row];
            scores[(int)labels[row]] += weight;
            total += weight;
        }

        foreach (ref double score in scores) score = total > 0 ? Math.Log(Math.Max(score / total, LeastShare)) : 0;
    }

    /// <inheritdoc/>
    public override void Link(Span<double> scores)
    {
        Span<double> room = stackalloc double[Outputs <= SoftmaxRows.OnStack ? SoftmaxRows.Room(Outputs) : 0];
        var rows = new SoftmaxRows(Outputs, room);
        int step = SoftmaxRows.Lanes * Outputs;
        for (int start = 0; start < scores.Length; start += step)
        {
            Span<double> of = scores.Slice(start, Math.Min(step, scores.Length - start));
            rows.Load(of);
            rows.Normalise();
            rows.Store(of);
        }
    }
}
