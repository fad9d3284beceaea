using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The feature gate of HoME (Wang et al. 2025): every consumer of an input v sees its own view v * FG(v), FG(v) = sum_l m_l 2 sigmoid((v B_l) A_l),
/// m = softmax(v W + b). Factors lie in (0, 2); A starts at zero, so that training starts from v itself. Children: <c>down</c> (all B_l
/// below each other), <c>up.0</c> (A_0), ..., <c>mix</c>; of <see cref="FeatureGateKind.Mlp"/> <c>hidden</c> and <c>output</c>.
/// </summary>
/// <example><code>
/// var gate = new FeatureGate(6, new FeatureGateOptions { Rank = 2, Count = 2 }, new RandomStream(1));
/// Tensor v = Tensor.Ones(5, 6), view = gate.Forward(v);   // [5, 6], equal to v before training
/// </code></example>
public sealed class FeatureGate : Module
{
    private const float Top = 2f, Deviation = 0.1f;

    private readonly Linear? _down, _mix, _hidden, _output;
    private readonly Linear[] _up = [];
    private readonly Tensor[] _upWeights = [];

    /// <summary>A gate.</summary>
    /// <param name="inputs">D, the width of v, at least 1.</param>
    /// <param name="options">Its parts.</param>
    /// <param name="random">Where the initial values come from.</param>
    public FeatureGate(int inputs, FeatureGateOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rank, 1);
        Inputs = inputs;
        if (options.Kind == FeatureGateKind.Mlp)
        {
            _hidden = Add("hidden", new Linear(inputs, options.Rank, random.Derive("hidden")));
            _output = Add("output", new Linear(options.Rank, inputs, random.Derive("output"), initializer: Initializer.Zeros));
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.Count, 1);
        _down = Add("down", new Linear(inputs, options.Count * options.Rank, random.Derive("down"), bias: false, Initializer.Normal(0f, Deviation)));
        _up = new Linear[options.Count];
        for (int l = 0; l < _up.Length; l++) _up[l] = Add(string.Create(CultureInfo.InvariantCulture, $"up.{l}"), new Linear(options.Rank, inputs, random, bias: false, Initializer.Zeros));
        _upWeights = [.. _up.Select(map => map.Weight.Value)];
        _mix = Add("mix", new Linear(inputs, options.Count, random.Derive("mix")));
    }

    /// <summary>D, the width of v.</summary>
    public int Inputs { get; }

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + ExpertMixture.Flops(_up.Length, Inputs) + Inputs;

    /// <summary>The gated input v * FG(v).</summary>
    /// <param name="input">v, <c>[rows, inputs]</c>.</param>
    /// <returns>Shape <c>[rows, inputs]</c>.</returns>
    public Tensor Forward(Tensor input) => input * Factors(input);

    /// <summary>FG(v), the factors of the features.</summary>
    /// <param name="input">v, <c>[rows, inputs]</c>.</param>
    /// <returns>Shape <c>[rows, inputs]</c>, values in (0, 2).</returns>
    public Tensor Factors(Tensor input)
    {
        if (_down is null) return Top * _output!.Forward(_hidden!.Forward(input, Activation.Relu), Activation.Sigmoid);
        Tensor maps = Fused.GroupedLinear(_down.Forward(input), _upWeights, default, Activation.Sigmoid);
        return Top * Fused.Mixture(_mix!.Forward(input).Softmax(), maps);
    }
}
