using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// What attention comes to when every position sees only itself: its weight is 1 whatever the query and the key, so y = (x V^T + b) O^T + c.
/// Children: <c>value</c> (V, b) and <c>out_proj</c> (O, c). The official module has maps of queries and keys as well, which get no gradient
/// and change nothing.
/// </summary>
internal sealed class ValueMaps : Module
{
    private readonly int _width;
    private readonly Linear _value, _output;

    /// <summary>The maps.</summary>
    /// <param name="width">Width of a position.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="initializer">Draws both weights, the biases are then 0; null for U(-1/sqrt(width), 1/sqrt(width)).</param>
    public ValueMaps(int width, RandomStream random, Initializer? initializer)
    {
        _width = width;
        _value = Add("value", new Linear(width, width, random, bias: true, initializer ?? Initializer.FanInUniform));
        _output = Add("out_proj", new Linear(width, width, random, bias: true, initializer ?? Initializer.FanInUniform));
    }

    /// <summary><c>[..., width]</c> to the same.</summary>
    public Tensor Forward(Tensor input)
    {
        if (input.Shape.Length / _width <= _width) return _output.Forward(_value.Forward(input));

        // With more rows than columns it is less to multiply the maps first, and their gradients last.
        Tensor output = _output.Weight.Value;
        return Fused.Linear(input, output.MatMul(_value.Weight.Value), Fused.Linear(_value.Bias!.Value.Reshape(1, _width), output, _output.Bias!.Value).Reshape(_width));
    }
}
