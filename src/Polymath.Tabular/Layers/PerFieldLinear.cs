using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// One linear map per column: y_j = x_j w_j + b_j with w_j, b_j of the embedding width. Parameters: <c>weight</c> and <c>bias</c>,
/// both <c>[columns, width]</c>.
/// </summary>
/// <example><code>
/// var map = new PerFieldLinear(3, 4, null, new RandomStream(1));
/// Tensor y = map.Forward(Tensor.Ones(2, 3));   // [2, 12]
/// </code></example>
public sealed class PerFieldLinear : Module
{
    private readonly int _columns, _width;

    /// <summary>A map of every column.</summary>
    /// <param name="columns">Number of columns, at least 1.</param>
    /// <param name="width">Outputs per column, at least 1.</param>
    /// <param name="initializer">Draws the weights, the biases are then zero; null draws both from U(-1, 1), as one input asks for.</param>
    /// <param name="random">Where the initial values come from.</param>
    public PerFieldLinear(int columns, int width, Initializer? initializer, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (_columns, _width) = (columns, width);
        Weight = Register("weight", (initializer ?? Initializer.FanInUniform).Create([columns, width], 1, width, random));
        Bias = Register("bias", (initializer is null ? Initializer.FanInUniform : Initializer.Zeros).Create([columns, width], 1, width, random));
    }

    /// <summary>Scales, <c>[columns, width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Shifts, <c>[columns, width]</c>.</summary>
    public Parameter Bias { get; }

    /// <summary>Width of the output: columns x width.</summary>
    public int Outputs => _columns * _width;

    /// <inheritdoc/>
    public override long FlopsPerRow => 2L * Outputs;

    /// <summary>The outputs of all columns side by side.</summary>
    /// <param name="input">Shape <c>[rows, columns]</c>.</param>
    /// <returns>Shape <c>[rows, columns x width]</c>.</returns>
    public Tensor Forward(Tensor input) => ((input.Unsqueeze(2) * Weight.Value) + Bias.Value).Reshape(input.Shape[0], Outputs);
}
