using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// g(x) = softmax over experts of a small network on x (Jacobs et al. 1991; Ma et al. 2018, eq. 7). Children: <c>hidden</c> (optional),
/// <c>linear</c>, <c>norm</c> (optional).
/// </summary>
/// <example><code>
/// var gate = new Gate(6, 3, new GateOptions(), new RandomStream(1));
/// Tensor weights = gate.Forward(Tensor.Ones(2, 6));   // [2, 3], rows sum to 1
/// </code></example>
public sealed class Gate : Module
{
    private readonly Mlp? _hidden;
    private readonly Linear _linear;
    private readonly BatchNorm1d? _norm;

    /// <summary>A gate.</summary>
    /// <param name="inputs">Width of x, at least 1.</param>
    /// <param name="experts">Number of experts, at least 1.</param>
    /// <param name="options">Which kind of gate.</param>
    /// <param name="random">Where the initial values come from.</param>
    public Gate(int inputs, int experts, GateOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        if (options.Hidden.Count > 0)
        {
            _hidden = Add("hidden", new Mlp(inputs, new MlpOptions { Hidden = options.Hidden, Activation = options.Activation, Initializer = options.Initializer, BiasInitializer = options.BiasInitializer }, random.Derive("hidden")));
        }

        _linear = Add("linear", new Linear(_hidden?.Outputs ?? inputs, experts, random.Derive("linear"), options.Bias, options.Initializer, options.BiasInitializer));
        if (options.BatchNorm) _norm = Add("norm", new BatchNorm1d(experts));
    }

    /// <summary>Number of experts.</summary>
    public int Experts => _linear.Outputs;

    /// <summary>The weights of the experts.</summary>
    /// <param name="input">x, <c>[rows, inputs]</c>.</param>
    /// <returns>Shape <c>[rows, experts]</c>; every row sums to 1.</returns>
    public Tensor Forward(Tensor input)
    {
        Tensor logits = _linear.Forward(_hidden?.Forward(input) ?? input);
        return (_norm?.Forward(logits) ?? logits).Softmax();
    }
}
