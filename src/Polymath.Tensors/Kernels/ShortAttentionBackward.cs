using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// <see cref="AttentionBackward"/> for few positions and narrow heads: P = e^(S - log sum) again, then for every task dP = dO V^T,
/// dS = P (dP - sum over keys of P dP), dQ = scale dS K, dK = scale dS^T Q, dV = P^T dO.
/// </summary>
internal unsafe struct ShortAttentionBackward : IBody
{
    private AttentionBackward _call;
    private ShortAttention _tile;

    /// <summary>Overwrites the wanted gradients.</summary>
    public static void Run(in AttentionBackward call)
    {
        var body = new ShortAttentionBackward { _call = call, _tile = new ShortAttention(call.Shape, call.Query, call.Key, call.Value) };
        Workers.For(body._tile.Chunks, ref body);
    }

    /// <summary>Some heads of all tasks.</summary>
    public readonly void Run(int chunk)
    {
        ShortAttention tile = _tile;
        AttentionShape shape = _call.Shape;
        int stride = tile.Stride, keys = shape.Keys, depth = tile.Depth, width = tile.Width, lanes = Vector<float>.Count;
        Carver memory = new(Scratch.Slot.Attention, ((nint)stride * ((3 * keys) + (2 * depth) + width)) + ((nint)keys * (depth + width)), pieces: 8);
        float* hidden = tile.Hidden(memory.Take((nint)keys * stride)), weights = memory.Take((nint)keys * stride), scores = memory.Take((nint)keys * stride);
        float* queries = memory.Take((nint)depth * stride), moved = memory.Take((nint)depth * stride), cotangents = memory.Take((nint)width * stride);
        float* keyRows = memory.Take((nint)keys * depth), valueRows = memory.Take((nint)keys * width), logs = stackalloc float[lanes];
        int last = Math.Min(shape.Batch * shape.Heads, (chunk + 1) * tile.Block);
        for (int head = chunk * tile.Block; head < last; head++)
        {
            int batch = head / shape.Heads, part = head % shape.Heads;
            tile.Load(batch, part, queries, keyRows, valueRows);
            for (int at = 0; at < stride; at += lanes)
            {
                tile.Dots(queries, keyRows, depth, hidden, at, weights);
                new Span<float>(logs, lanes).Clear();
                new ReadOnlySpan<float>(_call.LogSums + ((nint)head * shape.Queries) + at, Math.Min(lanes, shape.Queries - at)).CopyTo(new Span<float>(logs, lanes));
                Vector<float> log = Vector.Load(logs);
                for (int j = 0; j < keys; j++) VectorMath.Exp(Vector.Load(weights + (j * stride) + at) - log).Store(weights + (j * stride) + at);
            }

            for (int task = 0; task < _call.Tasks; task++)
            {
                tile.Columns(_call.Gradient.Task(task, _call.GradientStride), batch, part, 1f, width, cotangents);
                if (_call.ValueGradient.Data != null) Sums(weights, cotangents, stride, keys, _call.ValueGradient.Task(task, _call.ValueStride), batch, part);
                if (_call.QueryGradient.Data == null && _call.KeyGradient.Data == null) continue;
                for (int at = 0; at < stride; at += lanes)
                {
                    tile.Dots(cotangents, valueRows, width, null, at, scores);
                    ScoreGradients(weights + at, scores + at, stride, keys);
                    if (_call.QueryGradient.Data != null) tile.Mix(scores, keyRows, depth, at, moved);
                }

                // Queries were scaled when they were read, so the keys' gradient has the factor already.
                if (_call.KeyGradient.Data != null) Sums(scores, queries, stride, keys, _call.KeyGradient.Task(task, _call.KeyStride), batch, part);
                if (_call.QueryGradient.Data != null) Rows(moved, stride, shape.Queries, shape.Scale, _call.QueryGradient.Task(task, _call.QueryStride), batch, part);
            }
        }
    }

    /// <summary>scores (dP on entry) = P (dP - sum over keys of P dP) for a register of queries.</summary>
    private static void ScoreGradients(float* weights, float* scores, int stride, int keys)
    {
        Vector<float> sum = default;
        for (int j = 0; j < keys; j++) sum = VectorMath.Fma(Vector.Load(weights + (j * stride)), Vector.Load(scores + (j * stride)), sum);
        for (int j = 0; j < keys; j++) (Vector.Load(weights + (j * stride)) * (Vector.Load(scores + (j * stride)) - sum)).Store(scores + (j * stride));
    }

    /// <summary>target[j, d] = sum over queries of left[j, i] columns[d, i]: the gradients of keys or values.</summary>
    private static void Sums(float* left, float* columns, int stride, int keys, AttentionHeads target, int batch, int part)
    {
        int lanes = Vector<float>.Count;
        float* row = target.At(batch, part);
        for (int j = 0; j < keys; j++, row += target.RowStride, left += stride)
        {
            for (int d = 0; d < target.Depth; d += ShortAttention.Quad)
            {
                float* column = columns + (d * stride);
                Vector<float> a = default, b = default, c = default, e = default;
                for (int i = 0; i < stride; i += lanes)
                {
                    Vector<float> x = Vector.Load(left + i);
                    a = VectorMath.Fma(x, Vector.Load(column + i), a);
                    b = VectorMath.Fma(x, Vector.Load(column + stride + i), b);
                    c = VectorMath.Fma(x, Vector.Load(column + (2 * stride) + i), c);
                    e = VectorMath.Fma(x, Vector.Load(column + (3 * stride) + i), e);
                }

                row[d] = Vector.Sum(a);
                if (d + 1 < target.Depth) row[d + 1] = Vector.Sum(b);
                if (d + 2 < target.Depth) row[d + 2] = Vector.Sum(c);
                if (d + 3 < target.Depth) row[d + 3] = Vector.Sum(e);
            }
        }
    }

    private static void Rows(float* columns, int stride, int queries, float factor, AttentionHeads target, int batch, int part)
    {
        float* row = target.At(batch, part);
        for (int i = 0; i < queries; i++, row += target.RowStride)
        {
            for (int d = 0; d < target.Depth; d++) row[d] = factor * columns[(d * stride) + i];
        }
    }
}
