using Polymath.Tensors;

namespace Polymath.Learning.Regularization;

/// <summary>
/// The two terms of Rep-MTL as functions of the task saliencies S_t = d f_t / d Z (Wang et al., "Rep-MTL: Unleashing the Power of
/// Representation-level Task Saliency for Multi-Task Learning", ICCV 2025, arXiv 2507.21049, equations 4 to 9).
/// </summary>
/// <remarks>
/// TSR (equations 4 and 5): a_t = |mean over channels of S_t|, P_t = a_t / (sum a + eps), the mean over samples and locations of -sum_t P_t ln(P_t + eps).
/// <para>CSA (equations 6 to 9): M_t = S_t S_t^T, anchor A A^T with the spatial means of S_t as the columns of A, both to unit Frobenius norm; the
/// mean over samples b and tasks of -sim(anchor_b, M_t[b]) / tau + ln sum_{k != b} exp(sim(anchor_b, anchor_k) / tau).</para>
/// <para>No channels x channels matrix is built unless there are no more channels than locations: &lt;S S^T, A A^T&gt; = |A^T S|^2, |S S^T| = |S^T S| and
/// &lt;A_b A_b^T, A_k A_k^T&gt; = |A_b^T A_k|^2. Both terms depend on the direction of a sample's saliencies only, so these are divided by their largest
/// element first: eps is relative to it, and losses averaged over millions of pixels do not vanish in single precision.</para>
/// <para>No official code has been released. The mean over tasks in equation 9 is an inference, see <see cref="CsaReduction"/>.</para>
/// </remarks>
/// <example><code>
/// (float tsr, float csa) = RepMtl.Evaluate([ofSegmentation, ofDepth], tau: 0.5f);   // each [batch, channels, locations]
/// </code></example>
public static class RepMtl
{
    private const float Epsilon = 1e-12f, Blocked = -1e30f, Smallest = 1e-37f;

    /// <summary>The two terms, recorded when the saliencies are.</summary>
    /// <param name="saliencies">S, <c>[tasks, batch, channels, locations]</c>; <c>[tasks, batch, channels]</c> is one location.</param>
    /// <param name="tau">Temperature, above 0.</param>
    /// <param name="reduction">How tasks combine in CSA.</param>
    /// <exception cref="RegularizerException">The shape or the temperature is not as expected.</exception>
    public static RepMtlTerms Terms(Tensor saliencies, float tau, CsaReduction reduction = CsaReduction.Mean)
    {
        if (!(tau > 0f) || !float.IsFinite(tau)) throw new RegularizerException($"rep-mtl: found tau = {tau}, expected a number above 0.");
        if (saliencies.Shape.Rank < 3 || saliencies.Shape.Length == 0) throw new RegularizerException($"rep-mtl: found saliencies {saliencies.Shape}, expected [tasks, batch, channels, locations] without an empty axis.");
        Shape shape = saliencies.Shape;
        int tasks = shape[0], batch = shape[1], channels = shape[2], locations = shape.Product(3, shape.Rank);
        Tensor s = saliencies.Reshape(tasks, batch, channels, locations);

        // Constants: both terms have the same value and gradient for c S as for S.
        Tensor largest = s.Detach().Abs().Reshape(tasks, batch, channels * locations).Max(2).Reshape(tasks, batch, 1, 1);
        Tensor joint = s * Reciprocal(largest.Max(0, keepAxis: true));
        Tensor entropy = Entropy(joint);
        return new RepMtlTerms(entropy.Mean(), batch > 1 ? Alignment(joint, s * Reciprocal(largest), tau, reduction) : default, entropy);
    }

    /// <summary>The two terms as numbers.</summary>
    /// <param name="saliencies">S_t of every task, <c>[batch, channels, locations]</c> or <c>[batch, channels]</c>, all of one shape.</param>
    /// <param name="tau">Temperature, above 0.</param>
    /// <param name="reduction">How tasks combine in CSA.</param>
    /// <returns>TSR in [0, ln T]; CSA, NaN for a batch of one sample.</returns>
    /// <exception cref="RegularizerException">No tasks, different shapes, or a temperature out of range.</exception>
    public static (float Tsr, float Csa) Evaluate(ReadOnlySpan<Tensor> saliencies, float tau, CsaReduction reduction = CsaReduction.Mean)
    {
        using var tape = new Tape();
        using (Tape.NoGradient())
        {
            RepMtlTerms terms = Terms(Stack(saliencies), tau, reduction);
            return (terms.Tsr.Item(), terms.Csa.IsEmpty ? float.NaN : terms.Csa.Item());
        }
    }

    /// <summary>The derivatives of the two terms with respect to the saliencies.</summary>
    /// <param name="saliencies">S_t of every task, <c>[batch, channels, locations]</c> or <c>[batch, channels]</c>, all of one shape.</param>
    /// <param name="tau">Temperature, above 0.</param>
    /// <param name="reduction">How tasks combine in CSA.</param>
    /// <returns>d TSR / d S and d CSA / d S, <c>[tasks, ...saliency shape]</c>; the latter zero for a batch of one sample.</returns>
    /// <exception cref="RegularizerException">No tasks, different shapes, or a temperature out of range.</exception>
    public static (Tensor Tsr, Tensor Csa) Gradients(ReadOnlySpan<Tensor> saliencies, float tau, CsaReduction reduction = CsaReduction.Mean)
    {
        using var tape = new Tape();
        Tensor s = Stack(saliencies).WithGradient();
        RepMtlTerms terms = Terms(s, tau, reduction);
        return (tape.Gradient(terms.Tsr, s).Keep(), (terms.Csa.IsEmpty ? Tensor.Zeros(s.Shape) : tape.Gradient(terms.Csa, s)).Keep());
    }

    private static Tensor Stack(ReadOnlySpan<Tensor> saliencies)
    {
        if (saliencies.IsEmpty) throw new RegularizerException("rep-mtl: found the saliencies of 0 tasks, expected at least 1.");
        foreach (Tensor saliency in saliencies)
        {
            if (saliency.Shape != saliencies[0].Shape) throw new RegularizerException($"rep-mtl: found saliencies {saliency.Shape} beside {saliencies[0].Shape}, expected the same representation for every task.");
        }

        return Tensor.Stack(saliencies);
    }

    /// <summary>-sum_t P_t ln(P_t + eps), <c>[batch, locations]</c>; 0 where no task looks.</summary>
    private static Tensor Entropy(Tensor s)
    {
        Tensor magnitude = s.Mean(2).Abs();
        Tensor share = magnitude / (magnitude.Sum(0, keepAxis: true) + Epsilon);
        return -(share * (share + Epsilon).Log()).Sum(0);
    }

    // joint has a unit per sample and serves the anchors, single one per sample and task and serves the tasks' own affinities.
    private static Tensor Alignment(Tensor joint, Tensor single, float tau, CsaReduction reduction)
    {
        int tasks = joint.Shape[0], batch = joint.Shape[1], channels = joint.Shape[2], locations = joint.Shape[3];

        // Row t of A_b^T; all products A_b^T A_k are one matrix product.
        Tensor anchors = joint.Mean(3).Permute(1, 0, 2);
        Tensor rows = anchors.Reshape(batch * tasks, channels);
        Tensor inner = Square(rows.MatMul(rows, transposeRight: true)).Reshape(batch, tasks, batch, tasks).Sum(3).Sum(1);
        (Tensor identity, Tensor blocked) = Diagonals(batch);
        Tensor norm = Norm((inner * identity).Sum(1));
        Tensor negatives = (inner / (norm.Reshape(batch, 1) * norm.Reshape(1, batch)) * (1f / tau)) + blocked;

        Tensor aligned = Square(anchors.Reshape(1, batch, tasks, channels).MatMul(single)).Sum(3).Sum(2);
        Tensor affinity = locations < channels ? single.MatMul(single, transposeLeft: true) : single.MatMul(single, transposeRight: true);
        Tensor positives = aligned / (Norm(Square(affinity).Sum(3).Sum(2)) * norm);
        Tensor mean = negatives.LogSumExp(1).Mean() - (positives.Mean() * (1f / tau));
        return reduction == CsaReduction.Sum ? mean * tasks : mean;
    }

    private static Tensor Square(Tensor x) => x * x;

    /// <summary>sqrt(x) + eps with gradient 0 at 0.</summary>
    private static Tensor Norm(Tensor squared)
    {
        Tensor positive = squared.GreaterThan(0f);
        return Tensor.Where(positive, Tensor.Where(positive, squared, Tensor.Scalar(1f)).Sqrt(), Tensor.Scalar(0f)) + Epsilon;
    }

    /// <summary>1 / x, and 0 for what is no larger than the smallest ordinary number.</summary>
    private static Tensor Reciprocal(Tensor x)
    {
        Tensor result = Tensor.Zeros(x.Shape);
        ReadOnlySpan<float> from = x.Span;
        Span<float> to = result.Span;
        for (int i = 0; i < to.Length; i++) to[i] = from[i] > Smallest ? 1f / from[i] : 0f;
        return result;
    }

    /// <summary>The identity, and what takes a sample out of its own negatives.</summary>
    private static (Tensor Identity, Tensor Blocked) Diagonals(int batch)
    {
        Tensor identity = Tensor.Zeros(batch, batch), blocked = Tensor.Zeros(batch, batch);
        for (int b = 0; b < batch; b++)
        {
            identity.Span[b * (batch + 1)] = 1f;
            blocked.Span[b * (batch + 1)] = Blocked;
        }

        return (identity, blocked);
    }
}
