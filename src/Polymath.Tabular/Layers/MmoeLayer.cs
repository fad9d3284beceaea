using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Multi-gate mixture of experts (Ma et al. 2018, eq. 6): h_t = sum_e g_t(x)_e f_e(x). Children: <c>experts.0</c>, ..., <c>gates.0</c>, ...
/// With one gate it is the one-gate mixture, OMoE.
/// </summary>
/// <example><code>
/// var layer = new MmoeLayer(6, gates: 2, experts: 3, new MlpOptions { Hidden = [4] }, new GateOptions(), new RandomStream(1));
/// Tensor[] h = new Tensor[2];
/// layer.Forward(Tensor.Ones(5, 6), h);   // two tensors [5, 4]
/// </code></example>
public sealed class MmoeLayer : Module
{
    private readonly Mlp[] _experts;
    private readonly MlpBank _bank;
    private readonly Gate[] _gates;

    /// <summary>A layer.</summary>
    /// <param name="inputs">Width of x, at least 1.</param>
    /// <param name="gates">Number of gates, at least 1: one per task, or one for all.</param>
    /// <param name="experts">Number of experts, at least 1.</param>
    /// <param name="expert">The layers of every expert.</param>
    /// <param name="gate">The kind of gate.</param>
    /// <param name="random">Where the initial values come from.</param>
    public MmoeLayer(int inputs, int gates, int experts, MlpOptions expert, GateOptions gate, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(gates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(experts, 1);
        ArgumentNullException.ThrowIfNull(random);
        _experts = new Mlp[experts];
        for (int e = 0; e < experts; e++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"experts.{e}");
            _experts[e] = Add(name, new Mlp(inputs, expert, random.Derive(name)));
        }

        _bank = new MlpBank(_experts);
        _gates = new Gate[gates];
        for (int t = 0; t < gates; t++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"gates.{t}");
            _gates[t] = Add(name, new Gate(inputs, experts, gate, random.Derive(name)));
        }
    }

    /// <summary>The experts.</summary>
    public IReadOnlyList<Mlp> Experts => _experts;

    /// <summary>The gates.</summary>
    public IReadOnlyList<Gate> Gates => _gates;

    /// <summary>Width of every output.</summary>
    public int Outputs => _experts[0].Outputs;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + (_gates.Length * ExpertMixture.Flops(_experts.Length, Outputs));

    /// <summary>The mixture of every gate.</summary>
    /// <param name="input">x, <c>[rows, inputs]</c>.</param>
    /// <param name="outputs">Receives one tensor per gate, <c>[rows, Outputs]</c>.</param>
    public void Forward(Tensor input, Span<Tensor> outputs) => Forward(input, outputs, default);

    /// <summary>The mixture of every gate, and the weights used.</summary>
    /// <param name="input">x, <c>[rows, inputs]</c>.</param>
    /// <param name="outputs">Receives one tensor per gate, <c>[rows, Outputs]</c>.</param>
    /// <param name="weights">Receives one tensor per gate, <c>[rows, experts]</c>; may be empty.</param>
    public void Forward(Tensor input, Span<Tensor> outputs, Span<Tensor> weights)
    {
        if (outputs.Length != _gates.Length) throw new TensorException($"MmoeLayer: found room for {outputs.Length} outputs, expected {_gates.Length} (one per gate).");
        Tensor experts = _bank.Forward(input);
        for (int t = 0; t < _gates.Length; t++)
        {
            Tensor gate = _gates[t].Forward(input);
            outputs[t] = Fused.Mixture(gate, experts);
            if (!weights.IsEmpty) weights[t] = gate;
        }
    }
}
