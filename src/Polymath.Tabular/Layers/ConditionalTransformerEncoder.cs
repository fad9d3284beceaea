using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// A transformer over a list of items whose layer normalisations are made by a condition, such as a task and a kind of behaviour, while all
/// other weights are shared by all conditions (Liu et al. 2023): post-norm layers (<see cref="ConditionalTransformerLayer"/>) under
/// <c>layers.0</c>, ...
/// </summary>
/// <remarks>
/// The self-attention of the first layer does not depend on the condition. <see cref="Attend"/> computes it once, and
/// <see cref="Forward(Tensor, Tensor, Tensor, Tensor)"/> goes on from it for every condition.
/// </remarks>
/// <example><code>
/// var random = new RandomStream(1);
/// var encoder = new ConditionalTransformerEncoder(features: 4, heads: 2, layers: 1, hidden: 16, NormScale.OnePlus, random);
/// Tensor items = Tensor.Normal(random, new Shape(2, 3, 4)), mask = Tensor.FromArray([1f, 1f, 0f, 1f, 1f, 1f], 2, 3);
/// Tensor x = encoder.Forward(items, mask, norms: Tensor.Zeros(4, 4));   // [2, 3, 4]
/// </code></example>
public sealed class ConditionalTransformerEncoder : Module
{
    private readonly ConditionalTransformerLayer[] _layers;

    /// <summary>An encoder.</summary>
    /// <param name="features">Width of an item, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads of the attention, at least 1.</param>
    /// <param name="layers">Number of layers, at least 1.</param>
    /// <param name="hidden">Width between the two maps after the attention, at least 1.</param>
    /// <param name="scale">How gamma becomes the scale of a normalisation.</param>
    /// <param name="random">Where the initial values come from.</param>
    public ConditionalTransformerEncoder(int features, int heads, int layers, int hidden, NormScale scale, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        Features = features;
        _layers = new ConditionalTransformerLayer[layers];
        for (int layer = 0; layer < layers; layer++)
        {
            string name = TabularModel.Numbered("layers", layer);
            _layers[layer] = Add(name, new ConditionalTransformerLayer(features, heads, hidden, scale, random.Derive(name)));
        }
    }

    /// <summary>Width of an item.</summary>
    public int Features { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<ConditionalTransformerLayer> Layers => _layers;

    /// <summary>The self-attention of the first layer, the same for every condition.</summary>
    /// <param name="sequence">Shape <c>[rows, length, features]</c>.</param>
    /// <param name="mask">Shape <c>[rows, length]</c>, 1 where there is an item and 0 where there is padding.</param>
    /// <returns>Shape <c>[rows, length, features]</c>.</returns>
    public Tensor Attend(Tensor sequence, Tensor mask) => _layers[0].Attention.ForwardPadded(sequence, mask);

    /// <summary>The items under a condition; what stands at padding means nothing.</summary>
    /// <param name="sequence">Shape <c>[rows, length, features]</c>.</param>
    /// <param name="mask">Shape <c>[rows, length]</c>, 1 where there is an item and 0 where there is padding.</param>
    /// <param name="norms">What <see cref="HyperNetwork.Forward"/> makes of the condition, <c>[4 layers, features]</c>.</param>
    /// <returns>Shape <c>[rows, length, features]</c>.</returns>
    /// <exception cref="TensorException">A shape does not fit.</exception>
    public Tensor Forward(Tensor sequence, Tensor mask, Tensor norms) => Forward(sequence, Attend(sequence, mask), mask, norms);

    /// <summary>The same with the self-attention of the first layer given.</summary>
    /// <param name="sequence">Shape <c>[rows, length, features]</c>.</param>
    /// <param name="attended">What <see cref="Attend"/> returned.</param>
    /// <param name="mask">Shape <c>[rows, length]</c>, 1 where there is an item and 0 where there is padding.</param>
    /// <param name="norms">What <see cref="HyperNetwork.Forward"/> makes of the condition, <c>[4 layers, features]</c>.</param>
    /// <returns>Shape <c>[rows, length, features]</c>.</returns>
    /// <exception cref="TensorException">A shape does not fit.</exception>
    public Tensor Forward(Tensor sequence, Tensor attended, Tensor mask, Tensor norms)
    {
        if (norms.Shape != new Shape(HyperNetwork.RowsPerLayer * _layers.Length, Features)) throw new TensorException($"ConditionalTransformerEncoder: found norms {norms.Shape}, expected [{HyperNetwork.RowsPerLayer * _layers.Length}, {Features}].");
        Tensor x = _layers[0].Forward(sequence, attended, norms, 0);
        for (int layer = 1; layer < _layers.Length; layer++) x = _layers[layer].Forward(x, _layers[layer].Attention.ForwardPadded(x, mask), norms, layer);
        return x;
    }
}
