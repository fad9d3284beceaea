using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary><see cref="AttentionForward"/> for few positions and narrow heads.</summary>
internal unsafe struct ShortAttentionForward : IBody
{
    private AttentionShape _shape;
    private ShortAttention _tile;
    private AttentionHeads _output;
    private float* _logSums;

    /// <summary>Fills the output and <paramref name="logSums"/>, <c>[batch, heads, queries]</c>.</summary>
    public static void Run(in AttentionShape shape, in AttentionHeads query, in AttentionHeads key, in AttentionHeads value, in AttentionHeads output, float* logSums)
    {
        var body = new ShortAttentionForward { _shape = shape, _tile = new ShortAttention(shape, query, key, value), _output = output, _logSums = logSums };
        Workers.For(body._tile.Chunks, ref body);
    }

    /// <summary>Some heads.</summary>
    public readonly void Run(int chunk)
    {
        ShortAttention tile = _tile;
        int stride = tile.Stride, keys = _shape.Keys, depth = tile.Depth, width = tile.Width, lanes = Vector<float>.Count;
        Carver memory = new(Scratch.Slot.Attention, ((nint)stride * ((2 * keys) + depth + width)) + ((nint)keys * (depth + width)), pieces: 6);
        float* hidden = tile.Hidden(memory.Take((nint)keys * stride)), scores = memory.Take((nint)keys * stride), queries = memory.Take((nint)depth * stride), mixed = memory.Take((nint)width * stride);
        float* keyRows = memory.Take((nint)keys * depth), valueRows = memory.Take((nint)keys * width), logs = stackalloc float[lanes];
        int last = Math.Min(_shape.Batch * _shape.Heads, (chunk + 1) * tile.Block);
        for (int head = chunk * tile.Block; head < last; head++)
        {
            int batch = head / _shape.Heads, part = head % _shape.Heads;
            tile.Load(batch, part, queries, keyRows, valueRows);
            for (int at = 0; at < stride; at += lanes)
            {
                tile.Dots(queries, keyRows, depth, hidden, at, scores);
                (Vector<float> max, Vector<float> sum) = Exponentials(scores + at, stride, keys);
                tile.Mix(scores, valueRows, width, at, mixed);
                Vector<float> inverse = Vector<float>.One / sum;
                for (int d = 0; d < _output.Depth; d++) (Vector.Load(mixed + (d * stride) + at) * inverse).Store(mixed + (d * stride) + at);
                (max + Vector.Log(sum)).Store(logs);
                new ReadOnlySpan<float>(logs, Math.Min(lanes, _shape.Queries - at)).CopyTo(new Span<float>(_logSums + ((nint)head * _shape.Queries) + at, lanes));
            }

            float* row = _output.At(batch, part);
            for (int i = 0; i < _shape.Queries; i++, row += _output.RowStride)
            {
                for (int d = 0; d < _output.Depth; d++) row[d] = mixed[(d * stride) + i];
            }
        }
    }

    /// <summary>Scores become e^(score - max); the largest score and the sum of every query.</summary>
    private static (Vector<float> Max, Vector<float> Sum) Exponentials(float* scores, int stride, int keys)
    {
        Vector<float> max = Vector.Load(scores), sum = default;
        for (int j = 1; j < keys; j++) max = Vector.MaxNative(max, Vector.Load(scores + (j * stride)));
        for (int j = 0; j < keys; j++)
        {
            Vector<float> weight = VectorMath.Exp(Vector.Load(scores + (j * stride)) - max);
            weight.Store(scores + (j * stride));
            sum += weight;
        }

        return (max, sum);
    }
}
