using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The self gate of HoME (Wang et al. 2025): the weights with which a group or task adds its own experts once more beside the mixture,
/// softmax(v W + b) over several, and sigmoid(v W + b) of a single one, whose softmax would be the constant 1. A residual path: own experts keep
/// receiving gradient however small their weight in the mixture is. Child: <c>linear</c>.
/// </summary>
/// <example><code>
/// var gate = new SelfGate(6, 1, new RandomStream(1));
/// Tensor weights = gate.Forward(Tensor.Ones(5, 6));   // [5, 1], in (0, 1)
/// </code></example>
public sealed class SelfGate : Module
{
    private readonly Linear _linear;

    /// <summary>A gate.</summary>
    /// <param name="inputs">Width of v, at least 1.</param>
    /// <param name="experts">K, the number of own experts, at least 1.</param>
    /// <param name="random">Where the initial values come from.</param>
    public SelfGate(int inputs, int experts, RandomStream random) => _linear = Add("linear", new Linear(inputs, experts, random));

    /// <summary>K, the number of own experts.</summary>
    public int Experts => _linear.Outputs;

    /// <summary>The weights of the own experts.</summary>
    /// <param name="input">v, <c>[rows, inputs]</c>.</param>
    /// <returns>Shape <c>[rows, K]</c>; rows sum to 1 when K is more than 1.</returns>
    public Tensor Forward(Tensor input) => Experts == 1 ? _linear.Forward(input, Activation.Sigmoid) : _linear.Forward(input).Softmax();
}
