using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>The sizes of one attention, which keys a query sees, and the softmax of one tile of scores.</summary>
internal unsafe struct AttentionShape
{
    /// <summary>Queries and keys of a tile: its scores stay in the first-level cache beside its operands.</summary>
    public const int QueryTile = 32, KeyTile = 128;

    /// <summary>Chunks that keep any number of threads busy; fewer heads than this are split further.</summary>
    public const int WantedChunks = 16;

    public int Batch, Heads, Queries, Keys;
    public float Scale;
    public bool Causal;

    /// <summary><c>[Queries, Keys]</c>, not 0 where blocked; null for none.</summary>
    public float* Mask;

    /// <summary><c>[Batch, Keys]</c>, 0 where a key is padding; null for none. See <see cref="Of"/>.</summary>
    public float* Present;

    /// <summary>Floats from one row of a tile of scores to the next: whole registers.</summary>
    public readonly int Stride => (Math.Min(KeyTile, Keys) + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    /// <summary>The same for one item of the batch: <see cref="Present"/> begins at its keys.</summary>
    public readonly AttentionShape Of(int item) => this with { Present = Present == null ? null : Present + ((nint)item * Keys) };

    /// <summary>Keys of a tile from <paramref name="firstKey"/> that a query sees if the mask allows.</summary>
    public readonly int Visible(int query, int firstKey, int keys) => Causal ? Math.Clamp(query + 1 - firstKey, 0, keys) : keys;

    /// <summary>
    /// One tile of the running softmax (Milakov and Gimelshein 2018): scores become e^(score - max), <paramref name="max"/> and
    /// <paramref name="sum"/> of each row go on, and <paramref name="output"/>, what the earlier tiles gave, is brought to the new maximum.
    /// </summary>
    public readonly void Advance(float* scores, int firstQuery, int queries, int firstKey, int keys, float* max, float* sum, float* output, int depth)
    {
        int stride = Stride, lanes = Vector<float>.Count;
        for (int r = 0; r < queries; r++, scores += stride, output += depth)
        {
            int seen = Close(scores, firstQuery + r, firstKey, keys);
            if (seen == 0) continue;
            Vector<float> largest = Vector.Load(scores);
            for (int i = lanes; i < seen; i += lanes) largest = Vector.MaxNative(largest, Vector.Load(scores + i));
            float before = max[r], after = float.MaxNative(before, VectorMath.MaxLaneNative(largest));

            // With every key so far blocked, any finite shift leaves e^-infinity = 0.
            float shift = float.IsNegativeInfinity(after) ? 0f : after, kept = firstKey > 0 ? MathF.Exp(before - shift) : 0f;
            max[r] = after;
            sum[r] = (sum[r] * kept) + SumExp(scores, shift, seen);
            if (firstKey > 0 && kept != 1f) RowMath.Scale(output, kept, output, depth);
        }
    }

    /// <summary>The weights e^(score - log sum) of one tile, 0 where blocked.</summary>
    public readonly void Weights(float* scores, int firstQuery, int queries, int firstKey, int keys, float* logSums)
    {
        int stride = Stride;
        for (int r = 0; r < queries; r++, scores += stride)
        {
            int seen = Close(scores, firstQuery + r, firstKey, keys);
            if (seen > 0) SumExp(scores, logSums[r], seen);
        }
    }

    /// <summary>
    /// Puts -infinity at the blocked keys of a row up to the end of the register that holds the last visible one, zeros after it.
    /// Returns the number of visible keys.
    /// </summary>
    private readonly int Close(float* scores, int query, int firstKey, int keys)
    {
        int seen = Visible(query, firstKey, keys), lanes = Vector<float>.Count, whole = (seen + lanes - 1) / lanes * lanes;
        for (int i = seen; i < whole; i++) scores[i] = float.NegativeInfinity;
        for (int i = whole; i < keys; i += lanes) Vector<float>.Zero.Store(scores + i);
        if (Mask != null) Close(scores, Mask + ((nint)query * Keys) + firstKey, seen, zeroCloses: false);
        if (Present != null) Close(scores, Present + firstKey, seen, zeroCloses: true);
        return seen;
    }

    /// <summary>Puts -infinity where a flag is 0, or where it is not.</summary>
    private static void Close(float* scores, float* flags, int seen, bool zeroCloses)
    {
        int at = 0, lanes = Vector<float>.Count;
        Vector<float> closed = new(float.NegativeInfinity);
        for (; at + lanes <= seen; at += lanes)
        {
            Vector<float> score = Vector.Load(scores + at);
            Vector.ConditionalSelect(Vector.Equals(Vector.Load(flags + at), Vector<float>.Zero), zeroCloses ? closed : score, zeroCloses ? score : closed).Store(scores + at);
        }

        for (; at < seen; at++) scores[at] = (flags[at] == 0f) == zeroCloses ? float.NegativeInfinity : scores[at];
    }

    /// <summary>x = e^(x - shift) over whole registers; returns the sum.</summary>
    private static float SumExp(float* x, float shift, int width)
    {
        int lanes = Vector<float>.Count;
        Vector<float> sum = default, offset = new(shift);
        for (int i = 0; i < width; i += lanes)
        {
            Vector<float> term = VectorMath.Exp(Vector.Load(x + i) - offset);
            term.Store(x + i);
            sum += term;
        }

        return Vector.Sum(sum);
    }
}
