using System.Numerics;
using System.Runtime.CompilerServices;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// <see cref="AttentionBackward"/> for few positions and narrow heads, key by key: P = e^(S - log sum) again, once for all tasks, then for
/// every task dP = dO V^T, dS = P (dP - sum(dO O)), dQ += scale dS K, dK = scale dS^T Q, dV = P^T dO.
/// </summary>
internal unsafe struct ShortAttentionBackward : IBody
{
    private AttentionBackward _call;
    private ShortAttention _tile;
    private float* _hidden;

    /// <summary>Overwrites the wanted gradients.</summary>
    public static void Run(in AttentionBackward call)
    {
        var tile = new ShortAttention(call.Shape, call.Query.Depth, call.Value.Depth);
        var body = new ShortAttentionBackward { _call = call, _tile = tile, _hidden = tile.Hidden() };
        Workers.For(tile.Chunks, ref body);
    }

    /// <summary>Some heads of a register of items, for all tasks.</summary>
    public readonly void Run(int chunk)
    {
        ShortAttention tile = _tile;
        AttentionShape shape = _call.Shape;
        int lanes = ShortAttention.Lanes, heads = tile.HeadsOf(chunk), tasks = _call.Tasks, queries = shape.Queries, keys = shape.Keys, depth = tile.Depth, width = tile.Width;
        nint queryRow = (nint)depth * lanes, valueRow = (nint)width * lanes, ofQueries = heads * queries * queryRow, ofKeys = heads * keys * queryRow;
        nint ofOutputs = heads * queries * valueRow, ofValues = heads * keys * valueRow, ofRows = (nint)heads * queries * lanes;
        Carver memory = new(Scratch.Slot.Attention, ((tasks + 1) * (ofQueries + ofKeys + ofOutputs + ofValues + ofRows)) + (2 * (nint)queries * lanes), pieces: 12);
        float* query = memory.Take(ofQueries), key = memory.Take(ofKeys), value = memory.Take(ofValues), output = memory.Take(ofOutputs), logs = memory.Take(ofRows);
        float* cotangents = memory.Take(tasks * ofOutputs), offsets = memory.Take(tasks * ofRows), queryGradients = memory.Take(tasks * ofQueries);
        float* keyGradients = memory.Take(tasks * ofKeys), valueGradients = memory.Take(tasks * ofValues), weights = memory.Take((nint)queries * lanes), scores = memory.Take((nint)queries * lanes);
        tile.Read(_call.Query, _call.Key, _call.Value, chunk, query, key, value);
        for (int i = 0; i < queries; i++) tile.Read(_call.Output, chunk, i, queries, 1f, width, output);
        tile.Read(tile.Logs(_call.LogSums), chunk, 0, 1, 1f, queries, logs);
        for (int t = 0; t < tasks; t++)
        {
            AttentionHeads cotangent = _call.Gradient.Task(t, _call.GradientStride);
            for (int i = 0; i < queries; i++) tile.Read(cotangent, chunk, i, queries, 1f, width, cotangents + (t * ofOutputs));
            Offsets(cotangents + (t * ofOutputs), output, width, heads * queries, offsets + (t * ofRows));
        }

        bool scored = _call.QueryGradient.Data != null || _call.KeyGradient.Data != null;
        for (int h = 0; h < heads; h++)
        {
            nint firstQuery = (nint)h * queries, firstKey = (nint)h * keys;
            for (int j = 0; j < keys; j++)
            {
                nint at = firstKey + j;
                ShortAttention.Dots(key + (at * queryRow), query + (firstQuery * queryRow), depth, queries, _hidden == null ? null : _hidden + j, keys, weights);
                Exponentials(weights, logs + (firstQuery * lanes), queries);
                for (int t = 0; t < tasks; t++)
                {
                    float* cotangent = cotangents + (t * ofOutputs) + (firstQuery * valueRow);
                    if (_call.ValueGradient.Data != null) ShortAttention.Mix(weights, cotangent, width, queries, valueGradients + (t * ofValues) + (at * valueRow));
                    if (!scored) continue;
                    ShortAttention.Dots(value + (at * valueRow), cotangent, width, queries, null, 0, scores);
                    ScoreGradients(weights, offsets + (t * ofRows) + (firstQuery * lanes), queries, scores);
                    if (_call.KeyGradient.Data != null) ShortAttention.Mix(scores, query + (firstQuery * queryRow), depth, queries, keyGradients + (t * ofKeys) + (at * queryRow));
                    if (_call.QueryGradient.Data != null) ShortAttention.Spread(scores, key + (at * queryRow), depth, queries, j > 0, queryGradients + (t * ofQueries) + (firstQuery * queryRow));
                }
            }
        }

        // Queries were scaled when they were read, so the keys' gradient has the factor already.
        for (int t = 0; t < tasks; t++)
        {
            AttentionHeads toQuery = _call.QueryGradient.Task(t, _call.QueryStride), toKey = _call.KeyGradient.Task(t, _call.KeyStride), toValue = _call.ValueGradient.Task(t, _call.ValueStride);
            for (int p = 0; p < Math.Max(queries, keys); p++)
            {
                if (p < queries) tile.Write(queryGradients + (t * ofQueries), chunk, p, queries, shape.Scale, depth, toQuery);
                if (p >= keys) continue;
                tile.Write(keyGradients + (t * ofKeys), chunk, p, keys, 1f, depth, toKey);
                tile.Write(valueGradients + (t * ofValues), chunk, p, keys, 1f, width, toValue);
            }
        }
    }

    /// <summary>offsets[i] = dO[i] . O[i], which is the sum over keys of P dP.</summary>
    private static void Offsets(float* cotangents, float* outputs, int width, int queries, float* offsets)
    {
        int lanes = ShortAttention.Lanes;
        for (int i = 0; i < queries; i++)
        {
            Vector<float> sum = default;
            for (int d = 0; d < width; d++, cotangents += lanes, outputs += lanes) sum = VectorMath.Fma(Vector.Load(cotangents), Vector.Load(outputs), sum);
            sum.Store(offsets + (i * lanes));
        }
    }

    /// <summary>weights (S on entry) = e^(S - log sum).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Exponentials(float* weights, float* logs, int queries)
    {
        int lanes = ShortAttention.Lanes;
        for (int i = 0; i < queries * lanes; i += lanes) VectorMath.Exp(Vector.Load(weights + i) - Vector.Load(logs + i)).Store(weights + i);
    }

    /// <summary>scores (dP on entry) = P (dP - offset).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScoreGradients(float* weights, float* offsets, int queries, float* scores)
    {
        int lanes = ShortAttention.Lanes;
        for (int i = 0; i < queries * lanes; i += lanes) (Vector.Load(weights + i) * (Vector.Load(scores + i) - Vector.Load(offsets + i))).Store(scores + i);
    }
}
