using Polymath.Tensors;

namespace Polymath.Merging;

/// <summary>
/// The contrastive loss of embedding models with cosine similarity (van den Oord et al. 2018): for query i with its positive p_i,
/// -ln exp(s(q_i, p_i) / T) / (sum_j exp(s(q_i, p_j) / T) + sum_k exp(s(q_i, n_ik) / T)), the mean over the batch.
/// </summary>
/// <example><code>
/// Tensor loss = InfoNce.Mean(encoder.Forward(queries), encoder.Forward(documents), temperature: 0.05f);
/// </code></example>
public static class InfoNce
{
    private const float SmallestSquare = 1e-24f;

    /// <summary>The loss of a batch of pairs.</summary>
    /// <param name="queries">Embeddings <c>[pairs, width]</c>, not normalised.</param>
    /// <param name="positives">Embeddings of what each query is to find, <c>[pairs, width]</c>; those of other queries are its negatives.</param>
    /// <param name="temperature">T, more than 0; evaluate all experts with one.</param>
    /// <param name="negatives">Hard negatives of each query, <c>[pairs, width]</c> or <c>[pairs, k, width]</c>; default for none.</param>
    /// <returns>One element.</returns>
    /// <exception cref="MergeException">There is a single pair and so no negative, or the temperature is not positive.</exception>
    public static Tensor Mean(Tensor queries, Tensor positives, float temperature = 0.05f, Tensor negatives = default)
    {
        if (!(temperature > 0f) || !float.IsFinite(temperature)) throw new MergeException($"InfoNCE: found the temperature {temperature}, expected a finite number more than 0.");
        if (queries.Shape.Rank != 2 || queries.Shape != positives.Shape) throw new MergeException($"InfoNCE: found queries {queries.Shape} and positives {positives.Shape}, expected [pairs, width] of both.");
        int pairs = queries.Shape[0], width = queries.Shape[1];
        if (pairs < 2 && negatives.IsEmpty) throw new MergeException("InfoNCE: a batch of one pair has no negatives, expected two pairs or more.");
        Tensor q = Normalize(queries);
        Tensor similarity = q.MatMul(Normalize(positives), transposeRight: true);
        if (!negatives.IsEmpty)
        {
            int each = negatives.Shape.Length / (pairs * width);
            if (each * pairs * width != negatives.Shape.Length || each < 1) throw new MergeException($"InfoNCE: found hard negatives {negatives.Shape} of {pairs} queries, expected [{pairs}, {width}] or [{pairs}, k, {width}].");
            Tensor own = (q.Unsqueeze(1) * Normalize(negatives.Reshape(pairs, each, width))).Sum(-1);
            similarity = Tensor.Concat([similarity, own], 1);
        }

        return Fused.SoftmaxCrossEntropy(similarity * (1f / temperature), Tensor.Range(pairs)).Mean();
    }

    /// <summary>x / |x| along the last axis; a zero vector stays zero and has a finite gradient.</summary>
    internal static Tensor Normalize(Tensor x) => x / ((x * x).Sum(-1, keepAxis: true) + SmallestSquare).Sqrt();
}
