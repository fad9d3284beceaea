using System.Numerics;
using System.Runtime.CompilerServices;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// What forward and backward of an attention over few positions share. Heads are narrow and scores few, so products of small matrices would
/// cost more to set up than to do: here every lane of a register is an item of the batch, and a few heads of a register of items, which
/// together fill a cache line, are done at a time. A row is one position of one head of all these items: <c>[width, lanes]</c>, the width in
/// whole quads.
/// </summary>
internal readonly unsafe struct ShortAttention
{
    /// <summary>Heads are worked on four values at a time, in registers.</summary>
    public const int Quad = 4;

    private const int MostPositions = 64, MostDepth = 16, Line = 16;

    private readonly AttentionShape _shape;
    private readonly int _parts;

    public ShortAttention(in AttentionShape shape, int depth, int width)
    {
        _shape = shape;
        Depth = (depth + Quad - 1) / Quad * Quad;
        Width = (width + Quad - 1) / Quad * Quad;
        Block = Math.Min(shape.Heads, Math.Max(1, Line / depth));
        _parts = (shape.Heads + Block - 1) / Block;
    }

    /// <summary>Items done at a time.</summary>
    public static int Lanes => Vector<float>.Count;

    /// <summary>Width of queries and keys, and of values, in whole quads.</summary>
    public int Depth { get; }

    /// <inheritdoc cref="Depth"/>
    public int Width { get; }

    /// <summary>Most heads of a chunk.</summary>
    public int Block { get; }

    /// <summary>Chunks of all heads.</summary>
    public int Chunks => (_shape.Batch + Lanes - 1) / Lanes * _parts;

    /// <summary>Whether this is for such sizes. Padding, which differs from item to item of the batch, is not.</summary>
    public static bool Fits(in AttentionShape shape, int depth, int width)
        => shape.Present == null && shape.Queries is > 0 and <= MostPositions && shape.Keys <= MostPositions && depth is > 0 and <= MostDepth && width is > 0 and <= MostDepth;

    /// <summary>Heads of a chunk.</summary>
    public int HeadsOf(int chunk) => Math.Min(Block, _shape.Heads - (chunk % _parts * Block));

    /// <summary>-infinity where a key is hidden from a query, else 0, <c>[queries, keys]</c>, in memory of the calling thread; null when every query sees all.</summary>
    public float* Hidden()
    {
        if (_shape.Mask == null && !_shape.Causal) return null;
        float* hidden = Scratch.Get<float>(Scratch.Slot.Partial, (nint)_shape.Queries * _shape.Keys), next = hidden;
        for (int i = 0; i < _shape.Queries; i++)
        {
            for (int j = 0; j < _shape.Keys; j++)
            {
                bool closed = (_shape.Causal && j > i) || (_shape.Mask != null && _shape.Mask[(i * _shape.Keys) + j] != 0f);
                *next++ = closed ? float.NegativeInfinity : 0f;
            }
        }

        return hidden;
    }

    /// <summary>
    /// One position as rows <c>[heads, positions, padded, lanes]</c> of a chunk, times a factor; zeros past the depth and past the batch. Queries,
    /// keys and values of a position lie side by side, so position by position is the order in which memory is fast.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Read(in AttentionHeads source, int chunk, int position, int positions, float factor, int padded, float* rows)
    {
        (int first, int items, int head, int heads) = Place(chunk);
        int lanes = Lanes, depth = source.Depth;
        nint batch = source.BatchStride, step = (nint)positions * padded * lanes;
        float* x = source.At(first, head) + ((nint)position * source.RowStride), row = rows + ((nint)position * padded * lanes);
        for (int h = 0; h < heads; h++, x += depth, row += step)
        {
            if (items == lanes && depth % Quad == 0 && Transpose4.IsSupported)
            {
                for (int d = 0; d < depth; d += Quad)
                {
                    for (int l = 0; l < lanes; l += Quad) Transpose4.Run(x + (l * batch) + d, batch, row + (d * lanes) + l, lanes);
                }
            }
            else
            {
                new Span<float>(row, padded * lanes).Clear();
                for (int l = 0; l < items; l++)
                {
                    for (int d = 0; d < depth; d++) row[(d * lanes) + l] = x[(l * batch) + d];
                }
            }

            if (factor != 1f) Scale(row, factor, depth);
        }
    }

    /// <summary>The way back: a position's rows, times a factor, to where they belong.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Write(float* rows, int chunk, int position, int positions, float factor, int padded, in AttentionHeads target)
    {
        if (target.Data == null) return;
        (int first, int items, int head, int heads) = Place(chunk);
        int lanes = Lanes, depth = target.Depth;
        nint batch = target.BatchStride, step = (nint)positions * padded * lanes;
        float* y = target.At(first, head) + ((nint)position * target.RowStride), row = rows + ((nint)position * padded * lanes);
        for (int h = 0; h < heads; h++, y += depth, row += step)
        {
            if (factor != 1f) Scale(row, factor, depth);
            if (items == lanes && depth % Quad == 0 && Transpose4.IsSupported)
            {
                for (int d = 0; d < depth; d += Quad)
                {
                    for (int l = 0; l < lanes; l += Quad) Transpose4.Run(row + (d * lanes) + l, lanes, y + (l * batch) + d, batch);
                }

                continue;
            }

            for (int l = 0; l < items; l++)
            {
                for (int d = 0; d < depth; d++) y[(l * batch) + d] = row[(d * lanes) + l];
            }
        }
    }

    /// <summary>Scaled queries, keys and values of a chunk, each <c>[heads, positions, padded, lanes]</c>.</summary>
    public void Read(in AttentionHeads query, in AttentionHeads key, in AttentionHeads value, int chunk, float* queryRows, float* keyRows, float* valueRows)
    {
        for (int p = 0; p < Math.Max(_shape.Queries, _shape.Keys); p++)
        {
            if (p < _shape.Queries) Read(query, chunk, p, _shape.Queries, _shape.Scale, Depth, queryRows);
            if (p >= _shape.Keys) continue;
            Read(key, chunk, p, _shape.Keys, 1f, Depth, keyRows);
            Read(value, chunk, p, _shape.Keys, 1f, Width, valueRows);
        }
    }

    /// <summary>Log sums <c>[batch, heads, queries]</c> as one position of heads as wide as there are queries: rows <c>[heads, queries, lanes]</c>.</summary>
    public AttentionHeads Logs(float* logSums) => new() { Data = logSums, BatchStride = (nint)_shape.Heads * _shape.Queries, Depth = _shape.Queries };

    /// <summary>products[n] = hidden[n hiddenStride] + row . rows[n]; nothing is hidden where that is null.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Dots(float* row, float* rows, int width, int count, float* hidden, nint hiddenStride, float* products)
    {
        int lanes = Lanes;
        for (int d = 0; d < width; d += Quad)
        {
            float* left = row + (d * lanes), right = rows + (d * lanes), target = products, closed = d > 0 ? null : hidden;
            Vector<float> a = Vector.Load(left), b = Vector.Load(left + lanes), c = Vector.Load(left + (2 * lanes)), e = Vector.Load(left + (3 * lanes));
            for (int n = 0; n < count; n++, right += width * lanes, target += lanes)
            {
                Vector<float> sum = d > 0 ? Vector.Load(target) : closed == null ? Vector<float>.Zero : new Vector<float>(closed[n * hiddenStride]);
                sum = VectorMath.Fma(a, Vector.Load(right), sum);
                Vector<float> other = b * Vector.Load(right + lanes);
                sum = VectorMath.Fma(c, Vector.Load(right + (2 * lanes)), sum);
                other = VectorMath.Fma(e, Vector.Load(right + (3 * lanes)), other);
                (sum + other).Store(target);
            }
        }
    }

    /// <summary>row = sum over n of weights[n] rows[n].</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Mix(float* weights, float* rows, int width, int count, float* row)
    {
        int lanes = Lanes;
        for (int d = 0; d < width; d += Quad)
        {
            float* right = rows + (d * lanes), weight = weights, target = row + (d * lanes);
            nint step = (nint)width * lanes;
            Vector<float> a = default, b = default, c = default, e = default, a2 = default, b2 = default, c2 = default, e2 = default;
            for (int n = 0; n < count; n += 2, right += 2 * step, weight += 2 * lanes)
            {
                Vector<float> w = Vector.Load(weight);
                a = VectorMath.Fma(w, Vector.Load(right), a);
                b = VectorMath.Fma(w, Vector.Load(right + lanes), b);
                c = VectorMath.Fma(w, Vector.Load(right + (2 * lanes)), c);
                e = VectorMath.Fma(w, Vector.Load(right + (3 * lanes)), e);
                if (n + 1 == count) break;

                // Two sums each, or every product would wait for the one before.
                w = Vector.Load(weight + lanes);
                a2 = VectorMath.Fma(w, Vector.Load(right + step), a2);
                b2 = VectorMath.Fma(w, Vector.Load(right + step + lanes), b2);
                c2 = VectorMath.Fma(w, Vector.Load(right + step + (2 * lanes)), c2);
                e2 = VectorMath.Fma(w, Vector.Load(right + step + (3 * lanes)), e2);
            }

            (a + a2).Store(target);
            (b + b2).Store(target + lanes);
            (c + c2).Store(target + (2 * lanes));
            (e + e2).Store(target + (3 * lanes));
        }
    }

    /// <summary>rows[n] (+)= weights[n] row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Spread(float* weights, float* row, int width, int count, bool accumulate, float* rows)
    {
        int lanes = Lanes;
        for (int d = 0; d < width; d += Quad)
        {
            float* left = row + (d * lanes), target = rows + (d * lanes), weight = weights;
            Vector<float> a = Vector.Load(left), b = Vector.Load(left + lanes), c = Vector.Load(left + (2 * lanes)), e = Vector.Load(left + (3 * lanes));
            for (int n = 0; n < count; n++, target += width * lanes, weight += lanes)
            {
                Vector<float> w = Vector.Load(weight);
                VectorMath.Fma(w, a, accumulate ? Vector.Load(target) : default).Store(target);
                VectorMath.Fma(w, b, accumulate ? Vector.Load(target + lanes) : default).Store(target + lanes);
                VectorMath.Fma(w, c, accumulate ? Vector.Load(target + (2 * lanes)) : default).Store(target + (2 * lanes));
                VectorMath.Fma(w, e, accumulate ? Vector.Load(target + (3 * lanes)) : default).Store(target + (3 * lanes));
            }
        }
    }

    private (int First, int Items, int Head, int Heads) Place(int chunk)
    {
        int first = chunk / _parts * Lanes;
        return (first, Math.Min(Lanes, _shape.Batch - first), chunk % _parts * Block, HeadsOf(chunk));
    }

    private static void Scale(float* row, float factor, int width)
    {
        for (int d = 0; d < width; d++) (Vector.Load(row + (d * Lanes)) * factor).Store(row + (d * Lanes));
    }
}
