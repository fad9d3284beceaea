using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Adaptive information transfer (Xi et al. 2021, eq. 6-8): two vectors u of a row, one handed on by the task before and one of its own, are
/// mixed, z = sum_u w_u V(u), with weights w = softmax over u of (K(u) . Q(u)) / sqrt(width). Children: <c>value</c>, <c>key</c>, <c>query</c>.
/// </summary>
/// <example><code>
/// var transfer = new InformationTransfer(4, new RandomStream(1));
/// Tensor z = transfer.Forward(Tensor.Ones(3, 4), Tensor.Zeros(3, 4));   // [3, 4]
/// </code></example>
public sealed class InformationTransfer : Module
{
    private readonly Linear _value, _key, _query;
    private readonly int _width;

    /// <summary>A transfer.</summary>
    /// <param name="width">Length of the vectors, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="bias">Whether the three maps have biases.</param>
    /// <param name="initializer">Draws the weights; null for U(-1/sqrt(in), 1/sqrt(in)).</param>
    /// <param name="biasInitializer">Draws the biases.</param>
    public InformationTransfer(int width, RandomStream random, bool bias = true, Initializer? initializer = null, Initializer? biasInitializer = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        _width = width;
        _value = Add("value", new Linear(width, width, random.Derive("value"), bias, initializer, biasInitializer));
        _key = Add("key", new Linear(width, width, random.Derive("key"), bias, initializer, biasInitializer));
        _query = Add("query", new Linear(width, width, random.Derive("query"), bias, initializer, biasInitializer));
    }

    /// <inheritdoc/>
    public override long FlopsPerRow => (2 * base.FlopsPerRow) + (8L * _width);

    /// <summary>The mixture of two vectors in every row.</summary>
    /// <param name="handedOn">p, <c>[rows, width]</c>.</param>
    /// <param name="own">q, <c>[rows, width]</c>.</param>
    /// <returns>Shape <c>[rows, width]</c>.</returns>
    public Tensor Forward(Tensor handedOn, Tensor own)
    {
        Tensor both = Tensor.Stack([handedOn, own], 1);
        Tensor scores = (_key.Forward(both) * _query.Forward(both)).Sum(2) * (1f / MathF.Sqrt(_width));
        return Fused.Mixture(scores.Softmax(), _value.Forward(both).Reshape(own.Shape[0], 2 * _width));
    }
}
