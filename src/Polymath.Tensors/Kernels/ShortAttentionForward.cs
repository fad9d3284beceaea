using System.Numerics;
using System.Runtime.CompilerServices;

namespace Polymath.Tensors.Kernels;

/// <summary><see cref="AttentionForward"/> for few positions and narrow heads.</summary>
internal unsafe struct ShortAttentionForward : IBody
{
    private AttentionShape _shape;
    private ShortAttention _tile;
    private AttentionHeads _query, _key, _value, _output;
    private float* _logSums, _hidden;

    /// <summary>Fills the output and <paramref name="logSums"/>, <c>[batch, heads, queries]</c>.</summary>
    public static void Run(in AttentionShape shape, in AttentionHeads query, in AttentionHeads key, in AttentionHeads value, in AttentionHeads output, float* logSums)
    {
        var tile = new ShortAttention(shape, query.Depth, value.Depth);
        var body = new ShortAttentionForward { _shape = shape, _tile = tile, _query = query, _key = key, _value = value, _output = output, _logSums = logSums, _hidden = tile.Hidden() };
        Workers.For(tile.Chunks, ref body);
    }

    /// <summary>Some heads of a register of items.</summary>
    public readonly void Run(int chunk)
    {
        ShortAttention tile = _tile;
        int lanes = ShortAttention.Lanes, heads = tile.HeadsOf(chunk), queries = _shape.Queries, keys = _shape.Keys, depth = tile.Depth, width = tile.Width;
        nint queryRow = (nint)depth * lanes, valueRow = (nint)width * lanes;
        Carver memory = new(Scratch.Slot.Attention, (heads * (queries + keys) * (queryRow + valueRow)) + (((heads * queries) + keys) * (nint)lanes), pieces: 6);
        float* query = memory.Take(heads * queries * queryRow), key = memory.Take(heads * keys * queryRow), value = memory.Take(heads * keys * valueRow);
        float* mixed = memory.Take(heads * queries * valueRow), scores = memory.Take((nint)keys * lanes), logs = memory.Take((nint)heads * queries * lanes);
        tile.Read(_query, _key, _value, chunk, query, key, value);
        for (int h = 0; h < heads; h++)
        {
            float* keyRows = key + (h * keys * queryRow), valueRows = value + (h * keys * valueRow);
            for (int i = 0; i < queries; i++)
            {
                nint at = ((nint)h * queries) + i;
                float* row = mixed + (at * valueRow);
                ShortAttention.Dots(query + (at * queryRow), keyRows, depth, keys, _hidden == null ? null : _hidden + (i * keys), 1, scores);
                (Vector<float> max, Vector<float> sum) = Exponentials(scores, keys);
                ShortAttention.Mix(scores, valueRows, width, keys, row);
                Vector<float> inverse = Vector<float>.One / sum;
                for (int d = 0; d < width; d++) (Vector.Load(row + (d * lanes)) * inverse).Store(row + (d * lanes));
                (max + Vector.Log(sum)).Store(logs + (at * lanes));
            }
        }

        for (int i = 0; i < queries; i++) tile.Write(mixed, chunk, i, queries, 1f, width, _output);
        tile.Write(logs, chunk, 0, 1, 1f, queries, tile.Logs(_logSums));
    }

    /// <summary>Scores become e^(score - max); the largest score and the sum.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Vector<float> Max, Vector<float> Sum) Exponentials(float* scores, int keys)
    {
        int lanes = ShortAttention.Lanes;
        Vector<float> max = Vector.Load(scores), sum = default;
        for (int j = 1; j < keys; j++) max = Vector.MaxNative(max, Vector.Load(scores + (j * lanes)));
        for (int j = 0; j < keys; j++)
        {
            Vector<float> weight = VectorMath.Exp(Vector.Load(scores + (j * lanes)) - max);
            weight.Store(scores + (j * lanes));
            sum += weight;
        }

        return (max, sum);
    }
}
