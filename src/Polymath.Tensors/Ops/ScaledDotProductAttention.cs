using Polymath.Tensors.Kernels;

namespace Polymath.Tensors.Ops;

/// <summary>
/// O = P V with P = softmax(scale Q K^T) per head, blocked and absent keys left out; with D = sum(dO O) per query: dV = P^T dO,
/// dS = P (dO V^T - D), dQ = scale dS K, dK = scale dS^T Q (Vaswani et al. 2017; tiles as in Dao et al. 2022). Heads lie side by
/// side in the last axis, so nothing is transposed. Three inputs, or one that holds queries, keys and values side by side.
/// </summary>
internal sealed unsafe class ScaledDotProductAttention : Op
{
    public static readonly ScaledDotProductAttention Rule = new();

    public override string Name => "ScaledDotProductAttention";

    public static Tensor Forward(Tensor query, Tensor key, Tensor value, int heads, float? scale, bool causal, Tensor mask, Tensor present)
    {
        Shape q = query.Shape, k = key.Shape, v = value.Shape;
        bool fits = q.Rank == 3 && k.Rank == 3 && v.Rank == 3 && k[0] == q[0] && v[0] == q[0] && k[1] == v[1] && k[2] == q[2];
        if (!fits) throw new TensorException($"ScaledDotProductAttention: found query {q}, key {k} and value {v}, expected [batch, queries, width], [batch, keys, width] and [batch, keys, value width].");
        RequireHeads(q, heads, 1);
        RequireHeads(v, heads, 1);
        return Run([query.Node, key.Node, value.Node], q.With(-1, v[-1]), heads, scale, causal, mask, present);
    }

    public static Tensor Forward(Tensor packed, int heads, float? scale, bool causal, Tensor mask, Tensor present)
    {
        Shape all = packed.Shape;
        if (all.Rank != 3) throw new TensorException($"ScaledDotProductAttention: found {all}, expected [batch, length, 3 width].");
        RequireHeads(all, heads, 3);
        return Run([packed.Node], all.With(-1, all[-1] / 3), heads, scale, causal, mask, present);
    }

    public override void Backward(in Vjp vjp)
    {
        if (vjp.CreateGraph)
        {
            BackwardComposed(vjp);
            return;
        }

        Node y = vjp.Node;
        Tensor query = Wanted(vjp, 0), key = Wanted(vjp, 1), value = Wanted(vjp, 2);
        (AttentionHeads q, AttentionHeads k, AttentionHeads v) = Heads(y.Inputs, y.InputCount, y.A);
        int second = y.InputCount == 1 ? 0 : 1, third = y.InputCount == 1 ? 0 : 2;
        var body = new AttentionBackward
        {
            Shape = Sizes(y),
            Query = q,
            Key = k,
            Value = v,
            Output = Heads(y.Pointer, y.Shape, y.A),
            Gradient = Heads(vjp.Gradient.Node.Pointer, y.Shape, y.A),
            QueryGradient = Moved(q, y.Inputs[0], query),
            KeyGradient = Moved(k, y.Inputs[second], second == 0 ? query : key),
            ValueGradient = Moved(v, y.Inputs[third], third == 0 ? query : value),
            GradientStride = y.Shape.Length,
            QueryStride = y.Inputs[0].Shape.Length,
            KeyStride = y.Inputs[second].Shape.Length,
            ValueStride = y.Inputs[third].Shape.Length,
            LogSums = y.Saved[0]!.Pointer,
            Tasks = vjp.Tasks,
        };
        body.Run();
        if (!query.IsEmpty) vjp.Give(0, query);
        if (!key.IsEmpty) vjp.Give(1, key);
        if (!value.IsEmpty) vjp.Give(2, value);
    }

    /// <summary>The scores again, and the four products of their gradients.</summary>
    public override RuleCost Cost(Node node, BackwardPass pass) => new(5.0 * node.Shape.Length * node.B);

    private static void BackwardComposed(in Vjp vjp)
    {
        Node y = vjp.Node;
        int heads = y.A, width = y.Shape[-1];
        bool packed = y.InputCount == 1;
        Tensor all = vjp.Input(0);
        Tensor q = Split(packed ? all.Slice(-1, 0, width) : all, heads) * y.X;
        Tensor k = Split(packed ? all.Slice(-1, width, width) : vjp.Input(1), heads), v = Split(packed ? all.Slice(-1, 2 * width, width) : vjp.Input(2), heads);
        Tensor scores = q.MatMul(k, transposeRight: true), g = Split(vjp.Gradient, heads);
        if (y.Flag || y.Saved[1] is not null) scores = Tensor.Where(Blocked(y, q.Shape[-2], k.Shape[-2]), Tensor.Scalar(float.NegativeInfinity), scores);
        Tensor p = y.Saved[2] is null ? scores.Softmax() : Among(new Tensor(y.Saved[2]!), scores), dp = g.MatMul(v, transposeRight: true);
        Tensor ds = p * (dp - (dp * p).Sum(-1, keepAxis: true));
        Tensor dq = Join(ds.MatMul(k) * y.X), dk = Join(ds.MatMul(q, transposeLeft: true)), dv = Join(p.MatMul(g, transposeLeft: true));
        if (packed)
        {
            vjp.Give(0, Tensor.Concat([dq, dk, dv], -1));
            return;
        }

        if (vjp.Needs(0)) vjp.Give(0, dq);
        if (vjp.Needs(1)) vjp.Give(1, dk);
        if (vjp.Needs(2)) vjp.Give(2, dv);
    }

    private static Tensor Run(ReadOnlySpan<Node> inputs, in Shape shape, int heads, float? scale, bool causal, Tensor mask, Tensor present)
    {
        (AttentionHeads q, AttentionHeads k, AttentionHeads v) = Heads(inputs, inputs.Length, heads);
        int queries = shape[1], keys = inputs[inputs.Length == 1 ? 0 : 1].Shape[1];
        if (keys == 0 && queries > 0) throw new TensorException($"ScaledDotProductAttention: {queries} queries have no keys, expected at least one.");
        if (!mask.IsEmpty) RequireOpen(mask, queries, keys, causal);
        if (!present.IsEmpty && present.Shape != new Shape(shape[0], keys)) throw new TensorException($"ScaledDotProductAttention: found the keys that are present as {present.Shape}, expected [{shape[0]}, {keys}].");
        Node y = Tensor.Allocate(shape), logSums = Tensor.Allocate(new Shape(shape[0], heads, queries));
        y.A = heads;
        y.B = keys;
        y.X = scale ?? (1f / MathF.Sqrt(Math.Max(1, q.Depth)));
        y.Flag = causal;
        y.Saved[0] = logSums;
        y.Saved[1] = mask.IsEmpty ? null : mask.Node;
        y.Saved[2] = present.IsEmpty ? null : present.Node;
        AttentionForward.Run(Sizes(y), q, k, v, Heads(y.Pointer, shape, heads), logSums.Pointer);
        return Tensor.Record(Rule, y, inputs);
    }

    private static AttentionShape Sizes(Node y)
        => new() { Batch = y.Shape[0], Heads = y.A, Queries = y.Shape[1], Keys = y.B, Scale = y.X, Causal = y.Flag, Mask = y.Saved[1] is { } mask ? mask.Pointer : null, Present = y.Saved[2] is { } present ? present.Pointer : null };

    private static (AttentionHeads Query, AttentionHeads Key, AttentionHeads Value) Heads(ReadOnlySpan<Node> inputs, int count, int heads)
    {
        Node first = inputs[0];
        if (count > 1) return (Heads(first.Pointer, first.Shape, heads), Heads(inputs[1].Pointer, inputs[1].Shape, heads), Heads(inputs[2].Pointer, inputs[2].Shape, heads));
        int width = first.Shape[-1] / 3;
        AttentionHeads query = Heads(first.Pointer, first.Shape, heads) with { Depth = width / heads };
        return (query, query with { Data = first.Pointer + width }, query with { Data = first.Pointer + (2 * width) });
    }

    private static AttentionHeads Heads(float* data, in Shape shape, int heads)
        => new() { Data = data, BatchStride = (nint)shape[1] * shape[2], RowStride = shape[2], Depth = shape[2] / heads };

    /// <summary>The same heads within the gradient of their input.</summary>
    private static AttentionHeads Moved(AttentionHeads heads, Node input, Tensor gradient)
        => heads with { Data = gradient.IsEmpty ? null : gradient.Node.Pointer + (heads.Data - input.Pointer) };

    private static Tensor Wanted(in Vjp vjp, int input)
        => input < vjp.Node.InputCount && vjp.Needs(input) ? new Tensor(Tensor.Allocate(vjp.Node.Inputs[input].Shape.Prepend(vjp.Tasks))) : default;

    /// <summary><c>[..., length, heads depth]</c> to <c>[..., heads, length, depth]</c>.</summary>
    private static Tensor Split(Tensor x, int heads)
    {
        Span<int> axes = stackalloc int[x.Shape.Rank + 1];
        x.Shape.Axis.CopyTo(axes);
        axes[^2] = heads;
        axes[^1] = x.Shape[-1] / heads;
        return x.Reshape(axes).Transpose(-3, -2);
    }

    /// <summary><c>[..., heads, length, depth]</c> to <c>[..., length, heads depth]</c>.</summary>
    private static Tensor Join(Tensor x)
    {
        Tensor rows = x.Transpose(-3, -2);
        return rows.Reshape(rows.Shape.Without(-1).With(-1, x.Shape[-3] * x.Shape[-1]));
    }

    /// <summary>Mask and causality in one, 1 where blocked.</summary>
    private static Tensor Blocked(Node y, int queries, int keys)
    {
        Tensor blocked = Tensor.Zeros(queries, keys);
        Span<float> values = blocked.Span;
        if (y.Saved[1] is { } mask) mask.Span.CopyTo(values);
        if (!y.Flag) return blocked;
        for (int i = 0; i < queries && i + 1 < keys; i++) values.Slice((i * keys) + i + 1, keys - i - 1).Fill(1f);
        return blocked;
    }

    /// <summary>The softmax over the keys that are present; zeros for a query that sees none.</summary>
    private static Tensor Among(Tensor present, Tensor scores)
    {
        // Finite, so that a row without any key is no NaN; what is left of it is then taken away.
        const float Absent = -1e30f;
        Tensor keys = present.Reshape(present.Shape[0], 1, 1, present.Shape[1]);
        return Tensor.Where(keys, Tensor.Where(keys, scores, Tensor.Scalar(Absent)).Softmax(), Tensor.Scalar(0f));
    }

    private static void RequireHeads(in Shape shape, int heads, int parts)
    {
        if (heads < 1 || shape[-1] % (heads * parts) != 0) throw new TensorException($"ScaledDotProductAttention: the last axis of {shape} does not divide into {(parts == 1 ? "" : parts + " parts of ")}{heads} heads.");
    }

    private static void RequireOpen(Tensor mask, int queries, int keys, bool causal)
    {
        if (mask.Shape != new Shape(queries, keys)) throw new TensorException($"ScaledDotProductAttention: found mask {mask.Shape}, expected [{queries}, {keys}].");
        for (int i = 0; i < queries; i++)
        {
            if (!mask.Span.Slice(i * keys, causal ? Math.Min(keys, i + 1) : keys).Contains(0f)) throw new TensorException($"ScaledDotProductAttention: the mask blocks every key of query {i}, expected at least one open.");
        }
    }
}
