namespace Polymath.Tensors.Kernels;

/// <summary>
/// Softmax(scale Q K^T) V per head in tiles of queries by keys (Dao et al., "FlashAttention", 2022): no more scores than one tile exist
/// at a time, and of each query only the logarithm of its sum is kept for the backward.
/// </summary>
internal unsafe struct AttentionForward : IBody
{
    private AttentionShape _shape;
    private AttentionHeads _query, _key, _value, _output;
    private float* _logSums;
    private int _blocks, _block;

    /// <summary>Fills the output and <paramref name="logSums"/>, <c>[batch, heads, queries]</c>.</summary>
    public static void Run(in AttentionShape shape, AttentionHeads query, AttentionHeads key, AttentionHeads value, AttentionHeads output, float* logSums)
    {
        int heads = shape.Batch * shape.Heads;
        if (heads == 0 || shape.Queries == 0) return;
        if (ShortAttention.Fits(shape, query.Depth, value.Depth))
        {
            ShortAttentionForward.Run(shape, query, key, value, output, logSums);
            return;
        }

        int tiles = ((shape.Queries - 1) / AttentionShape.QueryTile) + 1, together = ((tiles - 1) / Math.Clamp(AttentionShape.WantedChunks / heads, 1, tiles)) + 1;
        var body = new AttentionForward { _shape = shape, _query = query, _key = key, _value = value, _output = output, _logSums = logSums, _block = together * AttentionShape.QueryTile, _blocks = ((tiles - 1) / together) + 1 };
        Workers.For(heads * body._blocks, ref body);
    }

    /// <summary>One block of queries of one head.</summary>
    public readonly void Run(int chunk)
    {
        int head = chunk / _blocks, first = chunk % _blocks * _block, last = Math.Min(_shape.Queries, first + _block);
        int batch = head / _shape.Heads, part = head % _shape.Heads, depth = _query.Depth, width = _value.Depth, keys = _shape.Keys;
        int tile = Math.Min(AttentionShape.KeyTile, keys), stride = _shape.Stride;
        AttentionShape shape = _shape.Of(batch);
        Carver memory = new(Scratch.Slot.Attention, ((nint)keys * (depth + width)) + ((nint)tile * depth) + (AttentionShape.QueryTile * (stride + depth + width + 2)), pieces: 8);
        float* columns = memory.Take((nint)keys * depth), values = memory.Take((nint)keys * width), keyRows = memory.Take((nint)tile * depth), rows = memory.Take(AttentionShape.QueryTile * depth);
        float* scores = memory.Take(AttentionShape.QueryTile * stride), output = memory.Take(AttentionShape.QueryTile * width);
        float* max = memory.Take(AttentionShape.QueryTile), sum = memory.Take(AttentionShape.QueryTile);

        float* key = _key.At(batch, part);
        for (int j = 0; j < keys; j += tile)
        {
            int count = Math.Min(tile, keys - j);
            _key.CopyRows(key + ((nint)j * _key.RowStride), count, _shape.Scale, keyRows);
            _key.Transpose(keyRows, count, columns + ((nint)j * depth));
        }

        _value.CopyRows(_value.At(batch, part), keys, 1f, values);

        for (int i = first; i < last; i += AttentionShape.QueryTile)
        {
            int queries = Math.Min(AttentionShape.QueryTile, last - i);
            _query.CopyRows(_query.At(batch, part) + ((nint)i * _query.RowStride), queries, 1f, rows);
            new Span<float>(max, queries).Fill(float.NegativeInfinity);
            new Span<float>(sum, queries).Clear();
            int end = _shape.Visible(i + queries - 1, 0, keys);
            for (int j = 0; j < end; j += tile)
            {
                int count = Math.Min(tile, keys - j), open = Math.Min(count, end - j);
                Gemm.Multiply(false, false, queries, open, depth, rows, depth, columns + ((nint)j * depth), count, scores, stride, accumulate: false);
                shape.Advance(scores, i, queries, j, open, max, sum, output, width);
                Gemm.Multiply(false, false, queries, width, open, scores, stride, values + ((nint)j * width), width, output, width, accumulate: j > 0);
            }

            float* logs = _logSums + ((nint)head * _shape.Queries) + i, target = _output.At(batch, part) + ((nint)i * _output.RowStride);
            for (int r = 0; r < queries; r++)
            {
                // A query that sees no key gets zeros, and any finite sum gives it the weights e^-infinity = 0 in the backward.
                RowMath.Scale(output + (r * width), sum[r] == 0f ? 0f : 1f / sum[r], target + ((nint)r * _output.RowStride), width);
                logs[r] = sum[r] == 0f ? 0f : max[r] + MathF.Log(sum[r]);
            }
        }
    }
}
