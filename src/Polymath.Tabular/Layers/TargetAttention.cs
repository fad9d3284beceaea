using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// What a list of items says about one item: sum_l w_l (W_v x_l + b_v) with w = softmax over the items that are there of &lt;W_k x_l,
/// W_q item + b_q&gt; / sqrt(width); zero, without a gradient, for an empty list. Children: <c>query</c>, <c>key</c>, <c>value</c>. A bias of the
/// keys would add the same to every score of a row, which a softmax does not see, so there is none.
/// </summary>
/// <remarks>
/// The maps of keys and values are applied to the one query and to the one weighted sum of a row instead of to every item, which is the same by
/// associativity.
/// </remarks>
/// <example><code>
/// var random = new RandomStream(1);
/// var attention = new TargetAttention(4, random);
/// Tensor item = Tensor.Normal(random, new Shape(2, 4)), list = Tensor.Normal(random, new Shape(2, 3, 4));
/// Tensor interest = attention.Forward(item, list, mask: Tensor.FromArray([1f, 1f, 0f, 0f, 0f, 0f], 2, 3));   // [2, 4]; the second row is zero
/// </code></example>
public sealed class TargetAttention : Module
{
    private readonly Linear _query, _key, _value;

    /// <summary>An attention.</summary>
    /// <param name="width">Width of items, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    public TargetAttention(int width, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Width = width;
        _query = Add("query", new Linear(width, width, random.Derive("query")));
        _key = Add("key", new Linear(width, width, random.Derive("key"), bias: false));
        _value = Add("value", new Linear(width, width, random.Derive("value")));
    }

    /// <summary>Width of items.</summary>
    public int Width { get; }

    /// <summary>The item as the lists meet it, W_k^T (W_q item + b_q): the same for every list.</summary>
    /// <param name="item">Shape <c>[rows, width]</c>.</param>
    /// <returns>Shape <c>[rows, width]</c>.</returns>
    public Tensor Query(Tensor item) => _query.Forward(item).MatMul(_key.Weight.Value);

    /// <summary>The interest of a list in an item.</summary>
    /// <param name="item">Shape <c>[rows, width]</c>.</param>
    /// <param name="list">Shape <c>[rows, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[rows, length]</c>, 1 where there is an item and 0 where there is padding.</param>
    /// <returns>Shape <c>[rows, width]</c>.</returns>
    public Tensor Forward(Tensor item, Tensor list, Tensor mask) => Attend(Query(item), list, mask, AnyOf(mask));

    /// <summary>How much every item counts.</summary>
    /// <param name="query">What <see cref="Query"/> returned.</param>
    /// <param name="list">Shape <c>[rows, length, width]</c>.</param>
    /// <param name="mask">Shape <c>[rows, length]</c>, 1 where there is an item and 0 where there is padding.</param>
    /// <returns>Shape <c>[rows, length]</c>; every row sums to 1, that of an empty list to 0.</returns>
    public Tensor Weights(Tensor query, Tensor list, Tensor mask)
    {
        // Any vectors can be the values of an attention; unit vectors give the weights themselves.
        int rows = mask.Shape[0], length = mask.Shape[1];
        Tensor units = Tensor.Zeros(length, length);
        for (int i = 0; i < length; i++) units.Span[i * (length + 1)] = 1f;
        return Fused.ScaledDotProductAttention(query.Unsqueeze(1), list, units.BroadcastTo(rows, length, length), 1, Scale, present: mask).Squeeze(1);
    }

    /// <summary>1 for every row of a mask that has an item, <c>[rows, 1]</c>.</summary>
    internal static Tensor AnyOf(Tensor mask) => mask.Max(1, keepAxis: true);

    /// <summary>The interest for a query, with <see cref="AnyOf"/> of the mask given.</summary>
    internal Tensor Attend(Tensor query, Tensor list, Tensor mask, Tensor any)
    {
        Tensor pooled = Fused.ScaledDotProductAttention(query.Unsqueeze(1), list, list, 1, Scale, present: mask).Squeeze(1);
        return Tensor.Where(any, _value.Forward(pooled), Tensor.Scalar(0f));
    }

    private float Scale => 1f / MathF.Sqrt(Width);
}
