using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// What forward and backward of an attention over few positions share. All scores of a head fit the first-level cache, and heads are narrow, so
/// products of small matrices would cost more to set up than to do: here lanes are queries, and a key is one step of a loop. Rows of a
/// block <c>[keys, stride]</c> hold one key for all queries, padded to whole registers.
/// </summary>
internal readonly unsafe struct ShortAttention
{
    /// <summary>Heads are worked on four values at a time, in registers.</summary>
    public const int Quad = 4;

    private const int MostPositions = 64, MostDepth = 16;
    private const nint Grain = 16 * 1024;

    private readonly AttentionShape _shape;
    private readonly AttentionHeads _query, _key, _value;

    public ShortAttention(in AttentionShape shape, in AttentionHeads query, in AttentionHeads key, in AttentionHeads value)
    {
        (_shape, _query, _key, _value) = (shape, query, key, value);
        int lanes = Vector<float>.Count;
        Stride = (shape.Queries + lanes - 1) / lanes * lanes;
        Depth = (query.Depth + Quad - 1) / Quad * Quad;
        Width = (value.Depth + Quad - 1) / Quad * Quad;
        int heads = shape.Batch * shape.Heads;
        Block = (int)Math.Clamp(Grain / Math.Max(1, (nint)shape.Queries * shape.Keys), 1, Math.Max(1, heads));
    }

    /// <summary>Floats from one key to the next.</summary>
    public int Stride { get; }

    /// <summary>Width of queries and keys, and of values, in whole quads.</summary>
    public int Depth { get; }

    /// <inheritdoc cref="Depth"/>
    public int Width { get; }

    /// <summary>Heads of a chunk.</summary>
    public int Block { get; }

    /// <summary>Chunks of all heads.</summary>
    public int Chunks => ((_shape.Batch * _shape.Heads) + Block - 1) / Block;

    /// <summary>Whether this is for such sizes. Padding, which differs from item to item of the batch, is not.</summary>
    public static bool Fits(in AttentionShape shape, int depth, int width)
        => shape.Present == null && shape.Queries is > 0 and <= MostPositions && shape.Keys <= MostPositions && depth is > 0 and <= MostDepth && width is > 0 and <= MostDepth;

    /// <summary>-infinity where a key is hidden from a query, else 0, <c>[keys, stride]</c>; null when every query sees all.</summary>
    public float* Hidden(float* target)
    {
        if (_shape.Mask == null && !_shape.Causal) return null;
        for (int j = 0; j < _shape.Keys; j++)
        {
            for (int i = 0; i < Stride; i++)
            {
                bool hidden = i < _shape.Queries && ((_shape.Causal && j > i) || (_shape.Mask != null && _shape.Mask[(i * _shape.Keys) + j] != 0f));
                target[(j * Stride) + i] = hidden ? float.NegativeInfinity : 0f;
            }
        }

        return target;
    }

    /// <summary>Scaled queries <c>[Depth, stride]</c> and keys <c>[keys, Depth]</c> and values <c>[keys, Width]</c> of one head, padded with zeros.</summary>
    public void Load(int batch, int head, float* queries, float* keys, float* values)
    {
        Columns(_query, batch, head, _shape.Scale, Depth, queries);
        Rows(_key, batch, head, Depth, keys);
        Rows(_value, batch, head, Width, values);
    }

    /// <summary>Rows of queries, times a factor, as columns <c>[padded, stride]</c>.</summary>
    public void Columns(in AttentionHeads source, int batch, int head, float factor, int padded, float* target)
    {
        float* row = source.At(batch, head);
        for (int i = 0; i < _shape.Queries; i++, row += source.RowStride)
        {
            for (int d = 0; d < source.Depth; d++) target[(d * Stride) + i] = row[d] * factor;
        }

        for (int d = 0; d < source.Depth; d++) new Span<float>(target + (d * Stride) + _shape.Queries, Stride - _shape.Queries).Clear();
        new Span<float>(target + (source.Depth * Stride), (padded - source.Depth) * Stride).Clear();
    }

    /// <summary>scores[j, i] = hidden[j, i] + left[., i] . right[j, .], a whole register of queries from <paramref name="at"/> on.</summary>
    public void Dots(float* left, float* right, int depth, float* hidden, int at, float* scores)
    {
        for (int d = 0; d < depth; d += Quad)
        {
            float* column = left + (d * Stride) + at, row = right + d, target = scores + at, closed = hidden == null ? null : hidden + at;
            Vector<float> a = Vector.Load(column), b = Vector.Load(column + Stride), c = Vector.Load(column + (2 * Stride)), e = Vector.Load(column + (3 * Stride));
            for (int j = 0; j < _shape.Keys; j++, row += depth, target += Stride)
            {
                Vector<float> first = d > 0 ? Vector.Load(target) : closed == null ? Vector<float>.Zero : Vector.Load(closed + (j * Stride));
                Vector<float> sum = VectorMath.Fma(a, new Vector<float>(row[0]), first), other = b * new Vector<float>(row[1]);
                sum = VectorMath.Fma(c, new Vector<float>(row[2]), sum);
                other = VectorMath.Fma(e, new Vector<float>(row[3]), other);
                (sum + other).Store(target);
            }
        }
    }

    /// <summary>target[d, i] = sum over keys of weights[j, i] right[j, d], a whole register of queries from <paramref name="at"/> on.</summary>
    public void Mix(float* weights, float* right, int depth, int at, float* target)
    {
        for (int d = 0; d < depth; d += Quad)
        {
            float* row = right + d, weight = weights + at;
            Vector<float> a = default, b = default, c = default, e = default;
            for (int j = 0; j < _shape.Keys; j++, row += depth, weight += Stride)
            {
                Vector<float> w = Vector.Load(weight);
                a = VectorMath.Fma(w, new Vector<float>(row[0]), a);
                b = VectorMath.Fma(w, new Vector<float>(row[1]), b);
                c = VectorMath.Fma(w, new Vector<float>(row[2]), c);
                e = VectorMath.Fma(w, new Vector<float>(row[3]), e);
            }

            float* column = target + (d * Stride) + at;
            a.Store(column);
            b.Store(column + Stride);
            c.Store(column + (2 * Stride));
            e.Store(column + (3 * Stride));
        }
    }

    private void Rows(in AttentionHeads source, int batch, int head, int padded, float* target)
    {
        float* row = source.At(batch, head);
        for (int j = 0; j < _shape.Keys; j++, row += source.RowStride, target += padded)
        {
            for (int d = 0; d < source.Depth; d++) target[d] = row[d];
            for (int d = source.Depth; d < padded; d++) target[d] = 0f;
        }
    }
}
