using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The network that makes the layer normalisations of a <see cref="ConditionalTransformerEncoder"/> (Liu et al. 2023): Linear(ReLU(Linear(u)))
/// on a condition u, cut into gamma_1, beta_1, gamma_2, beta_2 of every layer. Children: <c>hidden</c>, <c>output</c>. The output layer starts
/// ten times smaller than a linear map does, with biases that make every scale about 1, so that all conditions begin nearly alike.
/// </summary>
/// <example><code>
/// var hyper = new HyperNetwork(inputs: 6, hidden: 5, layers: 1, features: 4, NormScale.OnePlus, new RandomStream(1));
/// Tensor norms = hyper.Forward(Tensor.Ones(1, 6));   // [4, 4]: gamma_1, beta_1, gamma_2, beta_2
/// </code></example>
public sealed class HyperNetwork : Module
{
    /// <summary>Rows of the result per layer: a scale and a shift for each of two normalisations.</summary>
    public const int RowsPerLayer = 4;

    private const float Small = 0.1f;
    private readonly Linear _hidden, _output;

    /// <summary>A hypernetwork.</summary>
    /// <param name="inputs">Width of the condition, at least 1.</param>
    /// <param name="hidden">Width of the hidden layer, at least 1.</param>
    /// <param name="layers">Layers of the encoder, at least 1.</param>
    /// <param name="features">Width of the encoder, at least 1.</param>
    /// <param name="scale">How the encoder uses gamma.</param>
    /// <param name="random">Where the initial values come from.</param>
    public HyperNetwork(int inputs, int hidden, int layers, int features, NormScale scale, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Layers, Features) = (layers, features);
        _hidden = Add("hidden", new Linear(inputs, hidden, random.Derive("hidden")));
        _output = Add("output", new Linear(hidden, RowsPerLayer * layers * features, random.Derive("output"), biasInitializer: Initializer.Zeros));
        foreach (ref float weight in _output.Weight.Value.Span) weight *= Small;
        if (scale != NormScale.Direct) return;
        for (int row = 0; row < RowsPerLayer * layers; row += 2) _output.Bias!.Value.Span.Slice(row * features, features).Fill(1f);
    }

    /// <summary>Layers of the encoder.</summary>
    public int Layers { get; }

    /// <summary>Width of the encoder.</summary>
    public int Features { get; }

    /// <summary>The normalisations for one condition.</summary>
    /// <param name="condition">u, <c>[1, inputs]</c>.</param>
    /// <returns>Shape <c>[4 layers, features]</c>.</returns>
    public Tensor Forward(Tensor condition) => _output.Forward(_hidden.Forward(condition, Activation.Relu)).Reshape(RowsPerLayer * Layers, Features);
}
