using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// Scaled dot-product attention over several heads (Vaswani et al. 2017): per head softmax(Q K^T / sqrt(width / heads)) V, heads joined and
/// mapped by <c>out_proj</c>. Batch first. Parameters <c>in_proj_weight</c> <c>[3 width, width]</c> (rows: query, key, value; Xavier-uniform),
/// <c>in_proj_bias</c> <c>[3 width]</c> (zeros), <c>out_proj.weight</c>, <c>out_proj.bias</c> (zeros): the names and layout of torch.
/// </summary>
/// <example><code>
/// var attention = new MultiheadAttention(width: 8, heads: 2, new RandomStream(1));
/// Tensor x = Tensor.Uniform(new RandomStream(2), new Shape(3, 5, 8));
/// Tensor y = attention.Forward(x);                                        // [3, 5, 8]
/// Tensor causal = attention.Forward(x, MultiheadAttention.CausalMask(5)); // position i sees 0..i
/// </code></example>
public sealed class MultiheadAttention : Module
{
    private readonly Dropout? _dropout;
    private readonly Linear _output;

    /// <summary>An attention.</summary>
    /// <param name="width">Width of queries, keys, values and output; a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of heads, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="dropout">Rate at which attention weights are dropped in training, in [0, 1).</param>
    /// <param name="inputInitializer">Draws the maps of queries, keys and values; null for Xavier-uniform over all three.</param>
    /// <param name="outputInitializer">Draws the output map; null for U(-1/sqrt(width), 1/sqrt(width)).</param>
    public MultiheadAttention(int width, int heads, RandomStream random, float dropout = 0f, Initializer? inputInitializer = null, Initializer? outputInitializer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (width % heads != 0) throw new ArgumentException($"MultiheadAttention: width {width} is not a multiple of {heads} heads.", nameof(heads));
        Width = width;
        Heads = heads;
        InWeight = Register("in_proj_weight", (inputInitializer ?? Initializer.XavierUniform()).Create([3 * width, width], random));
        InBias = Register("in_proj_bias", Tensor.Zeros(3 * width));
        _output = Add("out_proj", new Linear(width, width, random, bias: true, outputInitializer ?? Initializer.FanInUniform));
        if (dropout != 0f) _dropout = Add("dropout", new Dropout(dropout));
    }

    /// <summary>Width of queries, keys, values and output.</summary>
    public int Width { get; }

    /// <summary>Number of heads.</summary>
    public int Heads { get; }

    /// <summary>Query, key and value maps below each other, <c>[3 width, width]</c>.</summary>
    public Parameter InWeight { get; }

    /// <summary>Their biases, <c>[3 width]</c>.</summary>
    public Parameter InBias { get; }

    /// <summary>Of the four maps, for one position; the products between positions depend on their number and are not counted.</summary>
    public override long FlopsPerRow => 8L * Width * Width;

    /// <summary>A mask that blocks later positions: 1 where key &gt; query.</summary>
    /// <param name="length">Number of positions.</param>
    /// <returns>Shape <c>[length, length]</c>.</returns>
    public static Tensor CausalMask(int length)
    {
        Tensor mask = Tensor.Zeros(length, length);
        for (int i = 0; i < length; i++) mask.Span.Slice((i * length) + i + 1, length - i - 1).Fill(1f);
        return mask;
    }

    /// <summary>Self-attention.</summary>
    /// <param name="input">Shape <c>[batch, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[length, length]</c> (query, key), 1 where blocked; default for none.</param>
    /// <returns>Shape <c>[batch, length, width]</c>.</returns>
    /// <exception cref="TensorException">Wrong shapes, or a query with every key blocked.</exception>
    public Tensor Forward(Tensor input, Tensor mask = default) => AttendItself(input, mask, default);

    /// <summary>Self-attention among the positions that are there; what stands at the others means nothing.</summary>
    /// <param name="input">Shape <c>[batch, length, width]</c>.</param>
    /// <param name="present">Shape <c>[batch, length]</c>, 0 where a position is padding. A row of nothing but padding attends to nothing.</param>
    /// <returns>Shape <c>[batch, length, width]</c>.</returns>
    /// <exception cref="TensorException">Wrong shapes.</exception>
    public Tensor ForwardPadded(Tensor input, Tensor present) => AttendItself(input, default, present);

    /// <summary>Attention of queries over other keys and values.</summary>
    /// <param name="query">Shape <c>[batch, queries, width]</c>.</param>
    /// <param name="key">Shape <c>[batch, keys, width]</c>.</param>
    /// <param name="value">Shape <c>[batch, keys, width]</c>.</param>
    /// <param name="mask">Shape <c>[queries, keys]</c>, 1 where blocked; default for none.</param>
    /// <returns>Shape <c>[batch, queries, width]</c>.</returns>
    /// <exception cref="TensorException">Wrong shapes, or a query with every key blocked.</exception>
    public Tensor Forward(Tensor query, Tensor key, Tensor value, Tensor mask = default)
    {
        Require(query, "query");
        Require(key, "key");
        if (key.Shape != value.Shape || key.Shape[0] != query.Shape[0]) throw new TensorException($"MultiheadAttention: query {query.Shape}, key {key.Shape} and value {value.Shape} do not go together.");
        RequireOpen(mask, query.Shape[1], key.Shape[1]);
        Tensor q = Project(query, 0), k = Project(key, 1), v = Project(value, 2);
        return Drops ? AttendDropping(q, k, v, mask, default) : _output.Forward(Fused.ScaledDotProductAttention(q, k, v, Heads, mask: mask));
    }

    /// <summary>
    /// Self-attention with rotary positions (Su et al. 2021, eq. 34): the pair (2i, 2i + 1) of every head's query and key at position p is turned by
    /// the angle p 10000^(-2i / depth), so that scores depend on the distance of positions.
    /// </summary>
    /// <param name="input">Shape <c>[batch, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[length, length]</c> (query, key), 1 where blocked; default for none.</param>
    /// <returns>Shape <c>[batch, length, width]</c>.</returns>
    /// <exception cref="TensorException">Wrong shapes, an odd width per head, or a query with every key blocked.</exception>
    public Tensor ForwardRotary(Tensor input, Tensor mask = default)
    {
        Require(input, "input");
        RequireOpen(mask, input.Shape[1], input.Shape[1]);
        if (Width / Heads % 2 != 0) throw new TensorException($"MultiheadAttention: found {Width / Heads} values per head, expected an even number for rotary positions.");
        (Tensor cos, Tensor sin) = Rotations(input.Shape[1], Width / Heads / 2);
        Tensor weights = Softmax(Rotate(Split(Project(input, 0)), cos, sin), Rotate(Split(Project(input, 1)), cos, sin), mask);
        return _output.Forward(Join(weights, Project(input, 2)));
    }

    /// <summary>The weights that every query gives to every key, before any dropout.</summary>
    /// <param name="input">Shape <c>[batch, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[length, length]</c> (query, key), 1 where blocked; default for none.</param>
    /// <returns>Shape <c>[batch, heads, length, length]</c>; the last axis sums to 1.</returns>
    /// <exception cref="TensorException">Wrong shapes, or a query with every key blocked.</exception>
    public Tensor Weights(Tensor input, Tensor mask = default)
    {
        Require(input, "input");
        RequireOpen(mask, input.Shape[1], input.Shape[1]);
        return Softmax(Split(Project(input, 0)), Split(Project(input, 1)), mask);
    }

    private Tensor AttendItself(Tensor input, Tensor mask, Tensor present)
    {
        Require(input, "input");
        RequireOpen(mask, input.Shape[1], input.Shape[1]);
        Tensor all = Fused.Linear(input, InWeight.Value, InBias.Value);
        if (!Drops) return _output.Forward(Fused.ScaledDotProductAttention(all, Heads, mask: mask, present: present));
        return AttendDropping(all.Slice(-1, 0, Width), all.Slice(-1, Width, Width), all.Slice(-1, 2 * Width, Width), mask, present);
    }

    private bool Drops => _dropout is not null && Training;

    private Tensor Project(Tensor input, int part)
        => Fused.Linear(input, InWeight.Value.Slice(0, part * Width, Width), InBias.Value.Slice(0, part * Width, Width));

    /// <summary>With the weights in one tensor, for the dropout to act on.</summary>
    private Tensor AttendDropping(Tensor query, Tensor key, Tensor value, Tensor mask, Tensor present) => _output.Forward(Join(Softmax(Split(query), Split(key), mask, present), value));

    /// <summary>softmax(q k^T / sqrt(depth)) of split queries and keys.</summary>
    private Tensor Softmax(Tensor query, Tensor key, Tensor mask, Tensor present = default)
    {
        Tensor scores = (query * (1f / MathF.Sqrt(Width / Heads))).MatMul(key, transposeRight: true);
        if (!mask.IsEmpty) scores = Tensor.Where(mask, Tensor.Scalar(float.NegativeInfinity), scores);
        if (present.IsEmpty) return scores.Softmax();

        // Finite, so that a row of nothing but padding is no NaN; its weights are then taken away.
        const float Absent = -1e30f;
        Tensor keys = present.Reshape(key.Shape[0], 1, 1, key.Shape[2]);
        return Tensor.Where(keys, Tensor.Where(keys, scores, Tensor.Scalar(Absent)).Softmax(), Tensor.Scalar(0f));
    }

    /// <summary>Weights, some dropped in training, times values; heads side by side again.</summary>
    private Tensor Join(Tensor weights, Tensor value)
        => (Drops ? _dropout!.Forward(weights) : weights).MatMul(Split(value)).Transpose(1, 2).Reshape(value.Shape[0], weights.Shape[2], Width);

    /// <summary>cos and sin of p 10000^(-i / pairs), <c>[length, pairs]</c>.</summary>
    private static (Tensor Cos, Tensor Sin) Rotations(int length, int pairs)
    {
        const double Base = 10_000;
        Tensor cos = Tensor.Zeros(length, pairs), sin = Tensor.Zeros(length, pairs);
        for (int i = 0; i < pairs; i++)
        {
            double rate = Math.Pow(Base, -(double)i / pairs);
            for (int p = 0; p < length; p++) (sin.Span[(p * pairs) + i], cos.Span[(p * pairs) + i]) = ((float)Math.Sin(p * rate), (float)Math.Cos(p * rate));
        }

        return (cos, sin);
    }

    /// <summary>Turns pairs; their first halves come before their second ones, in queries and keys alike, which no product between them sees.</summary>
    private static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        Tensor pairs = x.Reshape(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3] / 2, 2), first = pairs.Select(-1, 0), second = pairs.Select(-1, 1);
        return Tensor.Concat([(first * cos) - (second * sin), (first * sin) + (second * cos)], -1);
    }

    /// <summary><c>[batch, length, width]</c> to <c>[batch, heads, length, width / heads]</c>.</summary>
    private Tensor Split(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], Heads, Width / Heads).Transpose(1, 2);

    private void Require(Tensor tensor, string role)
    {
        if (tensor.Shape.Rank != 3 || tensor.Shape[2] != Width) throw new TensorException($"MultiheadAttention: found {role} {tensor.Shape}, expected [batch, length, {Width}].");
    }

    private static void RequireOpen(Tensor mask, int queries, int keys)
    {
        if (mask.IsEmpty) return;
        if (mask.Shape != new Shape(queries, keys)) throw new TensorException($"MultiheadAttention: found mask {mask.Shape}, expected [{queries}, {keys}].");
        for (int i = 0; i < queries; i++)
        {
            if (!mask.Span.Slice(i * keys, keys).Contains(0f)) throw new TensorException($"MultiheadAttention: the mask blocks every key of query {i}, expected at least one open.");
        }
    }
}
