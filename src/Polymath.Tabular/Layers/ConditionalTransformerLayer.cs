using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// One layer of a <see cref="ConditionalTransformerEncoder"/>: X1 = CLN(S + A(S); gamma_1, beta_1), X2 = CLN(X1 + W2 ReLU(W1 X1); gamma_2,
/// beta_2), A self-attention over the items that are there. Children: <c>attention</c>, <c>expand</c> (W1), <c>contract</c> (W2).
/// </summary>
public sealed class ConditionalTransformerLayer : Module
{
    private readonly ConditionalLayerNorm _norm;
    private readonly Linear _expand, _contract;

    internal ConditionalTransformerLayer(int features, int heads, int hidden, NormScale scale, RandomStream random)
    {
        Attention = Add("attention", new MultiheadAttention(features, heads, random.Derive("attention")));
        _norm = new ConditionalLayerNorm(features, scale);
        _expand = Add("expand", new Linear(features, hidden, random.Derive("expand")));
        _contract = Add("contract", new Linear(hidden, features, random.Derive("contract")));
    }

    /// <summary>The self-attention, which no condition touches.</summary>
    public MultiheadAttention Attention { get; }

    /// <summary>What follows the attention, under a condition.</summary>
    /// <param name="sequence">S, <c>[rows, length, features]</c>.</param>
    /// <param name="attended">A(S), of the same shape.</param>
    /// <param name="norms">gamma_1, beta_1, gamma_2, beta_2 of every layer, <c>[4 layers, features]</c>.</param>
    /// <param name="layer">Which layer this is.</param>
    internal Tensor Forward(Tensor sequence, Tensor attended, Tensor norms, int layer)
    {
        int row = HyperNetwork.RowsPerLayer * layer;
        Tensor first = _norm.Forward(sequence + attended, norms.Select(0, row), norms.Select(0, row + 1));
        return _norm.Forward(first + _contract.Forward(_expand.Forward(first, Activation.Relu)), norms.Select(0, row + 2), norms.Select(0, row + 3));
    }
}
