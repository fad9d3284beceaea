using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// The gradients of <see cref="AttentionForward"/> for K stacked cotangents dO, tile by tile: P = e^(S - log sum) is computed again, once for
/// all K; then dV += P^T dO, dP = dO V^T, dS = P (dP - sum(dO O)), dQ += scale dS K, dK += scale dS^T Q (Dao et al. 2022, algorithm 4).
/// </summary>
internal unsafe struct AttentionBackward : IBody
{
    public AttentionShape Shape;
    public AttentionHeads Query, Key, Value, Output, Gradient;

    /// <summary>Where task 0's gradients go; no data where none is wanted.</summary>
    public AttentionHeads QueryGradient, KeyGradient, ValueGradient;

    /// <summary>Floats from one task to the next in the cotangents and in each gradient.</summary>
    public nint GradientStride, QueryStride, KeyStride, ValueStride;

    public float* LogSums;
    public int Tasks;
    private int _groups, _group;

    /// <summary>Overwrites the wanted gradients.</summary>
    public void Run()
    {
        int heads = Shape.Batch * Shape.Heads;
        if (heads == 0 || Tasks == 0) return;
        if (ShortAttention.Fits(Shape, Query.Depth, Value.Depth))
        {
            ShortAttentionBackward.Run(this);
            return;
        }

        _group = ((Tasks - 1) / Math.Clamp(AttentionShape.WantedChunks / heads, 1, Tasks)) + 1;
        _groups = ((Tasks - 1) / _group) + 1;
        Workers.For(heads * _groups, ref this);
    }

    /// <summary>A group of tasks of one head.</summary>
    public readonly void Run(int chunk)
    {
        int head = chunk / _groups, firstTask = chunk % _groups * _group, tasks = Math.Min(_group, Tasks - firstTask);
        int batch = head / Shape.Heads, part = head % Shape.Heads, depth = Query.Depth, width = Value.Depth, keys = Shape.Keys;
        int tile = Math.Min(AttentionShape.KeyTile, keys), stride = Shape.Stride;
        AttentionShape shape = Shape.Of(batch);
        nint length = ((nint)tile * ((2 * depth) + (2 * width) + (tasks * (depth + width)))) + (AttentionShape.QueryTile * (depth + width + (2 * stride)));
        Carver memory = new(Scratch.Slot.Attention, length, pieces: 10);
        float* keyColumns = memory.Take((nint)tile * depth), keyRows = memory.Take((nint)tile * depth), valueRows = memory.Take((nint)tile * width), valueColumns = memory.Take((nint)tile * width);
        float* queryRows = memory.Take(AttentionShape.QueryTile * depth), gradientRows = memory.Take(AttentionShape.QueryTile * width);
        float* weights = memory.Take(AttentionShape.QueryTile * stride), scores = memory.Take(AttentionShape.QueryTile * stride);
        float* keySums = memory.Take((nint)tasks * tile * depth), valueSums = memory.Take((nint)tasks * tile * width);

        for (int j = 0; j < keys; j += tile)
        {
            int count = Math.Min(tile, keys - j);
            Key.CopyRows(Key.At(batch, part) + ((nint)j * Key.RowStride), count, Shape.Scale, keyRows);
            Key.Transpose(keyRows, count, keyColumns);
            Value.CopyRows(Value.At(batch, part) + ((nint)j * Value.RowStride), count, 1f, valueRows);
            Value.Transpose(valueRows, count, valueColumns);

            // Causal queries before the first key of the tile see nothing of it.
            int start = Shape.Causal ? j / AttentionShape.QueryTile * AttentionShape.QueryTile : 0;
            new Span<float>(keySums, tasks * tile * depth).Clear();
            new Span<float>(valueSums, tasks * tile * width).Clear();
            for (int i = start; i < Shape.Queries; i += AttentionShape.QueryTile)
            {
                int queries = Math.Min(AttentionShape.QueryTile, Shape.Queries - i), open = Shape.Visible(i + queries - 1, j, count);
                Query.CopyRows(Query.At(batch, part) + ((nint)i * Query.RowStride), queries, 1f, queryRows);
                Gemm.Multiply(false, false, queries, open, depth, queryRows, depth, keyColumns, count, weights, stride, accumulate: false);
                shape.Weights(weights, i, queries, j, open, LogSums + ((nint)head * Shape.Queries) + i);
                for (int t = 0; t < tasks; t++)
                {
                    AttentionHeads cotangent = Gradient.Task(firstTask + t, GradientStride);
                    cotangent.CopyRows(cotangent.At(batch, part) + ((nint)i * cotangent.RowStride), queries, 1f, gradientRows);
                    if (ValueGradient.Data != null) Gemm.Multiply(true, false, open, width, queries, weights, stride, gradientRows, width, valueSums + ((nint)t * tile * width), width, accumulate: true);
                    if (QueryGradient.Data == null && KeyGradient.Data == null) continue;
                    Gemm.Multiply(false, false, queries, open, width, gradientRows, width, valueColumns, count, scores, stride, accumulate: false);
                    ScoreGradients(weights, scores, gradientRows, Output.At(batch, part) + ((nint)i * Output.RowStride), queries, open);
                    if (KeyGradient.Data != null) Gemm.Multiply(true, false, open, depth, queries, scores, stride, queryRows, depth, keySums + ((nint)t * tile * depth), depth, accumulate: true);
                    if (QueryGradient.Data == null) continue;
                    AttentionHeads target = QueryGradient.Task(firstTask + t, QueryStride);
                    Gemm.Multiply(false, false, queries, depth, open, scores, stride, keyRows, depth, target.At(batch, part) + ((nint)i * target.RowStride), target.RowStride, accumulate: j > 0);
                }
            }

            Paste(KeyGradient, KeyStride, keySums, Shape.Scale, tile, j, count, batch, part, firstTask, tasks);
            Paste(ValueGradient, ValueStride, valueSums, 1f, tile, j, count, batch, part, firstTask, tasks);
        }
    }

    /// <summary>scores (dP on entry) = P (dP - sum(dO O)), row by row.</summary>
    private readonly void ScoreGradients(float* weights, float* scores, float* gradient, float* output, int queries, int keys)
    {
        int width = Output.Depth, stride = Shape.Stride, lanes = Vector<float>.Count;
        for (int r = 0; r < queries; r++)
        {
            float dot = GemmDirect.Dot(width, gradient + (r * width), output + ((nint)r * Output.RowStride));
            float* p = weights + (r * stride), s = scores + (r * stride);
            Vector<float> offset = new(dot);
            for (int i = 0; i < keys; i += lanes) (Vector.Load(p + i) * (Vector.Load(s + i) - offset)).Store(s + i);
        }
    }

    private static void Paste(AttentionHeads target, nint taskStride, float* sums, float factor, int tile, int first, int count, int batch, int part, int firstTask, int tasks)
    {
        if (target.Data == null) return;
        for (int t = 0; t < tasks; t++)
        {
            float* from = sums + ((nint)t * tile * target.Depth);
            AttentionHeads rows = target.Task(firstTask + t, taskStride);
            rows.PasteRows(from, count, factor, rows.At(batch, part) + ((nint)first * rows.RowStride));
        }
    }
}
