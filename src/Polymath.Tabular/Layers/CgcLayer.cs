using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Customized gate control (Tang et al. 2020, eq. 1-6): task k mixes its own experts, run on its own stream z_k, with the shared experts,
/// run on the shared stream z_s; the shared output mixes all experts. Children: <c>specific.0.0</c> (task, expert), <c>shared.0</c>,
/// <c>gates.0</c>, <c>shared_gate</c>.
/// </summary>
/// <example><code>
/// var options = new CgcLayerOptions { SpecificExperts = [1, 1], SharedExperts = 2, Expert = new MlpOptions { Hidden = [4] } };
/// var layer = new CgcLayer(6, options, new RandomStream(1));
/// Tensor x = Tensor.Ones(5, 6);
/// Tensor[] z = new Tensor[3];
/// layer.Forward([x, x, x], z);   // task 1, task 2, shared: [5, 4] each
/// </code></example>
public sealed class CgcLayer : Module
{
    private readonly CgcLayerOptions _options;
    private readonly Mlp[][] _specific;
    private readonly Mlp[] _shared;
    private readonly MlpBank[] _specificBanks;
    private readonly MlpBank _sharedBank;
    private readonly Gate[] _gates;
    private readonly Gate? _sharedGate;
    private readonly int _specificCount;

    /// <summary>A layer.</summary>
    /// <param name="inputs">Width of every stream, at least 1.</param>
    /// <param name="options">Experts and gates.</param>
    /// <param name="random">Where the initial values come from.</param>
    public CgcLayer(int inputs, CgcLayerOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SharedExperts, 1);
        _options = options;
        int tasks = options.SpecificExperts.Count;
        _specific = new Mlp[tasks][];
        for (int t = 0; t < tasks; t++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(options.SpecificExperts[t], 1);
            _specific[t] = new Mlp[options.SpecificExperts[t]];
            for (int e = 0; e < _specific[t].Length; e++) _specific[t][e] = Expert(string.Create(CultureInfo.InvariantCulture, $"specific.{t}.{e}"));
            _specificCount += _specific[t].Length;
        }

        _shared = new Mlp[options.SharedExperts];
        for (int e = 0; e < _shared.Length; e++) _shared[e] = Expert(string.Create(CultureInfo.InvariantCulture, $"shared.{e}"));

        _specificBanks = [.. _specific.Select(experts => new MlpBank(experts))];
        _sharedBank = new MlpBank(_shared);
        _gates = new Gate[tasks];
        for (int t = 0; t < tasks; t++) _gates[t] = NewGate(string.Create(CultureInfo.InvariantCulture, $"gates.{t}"), _specific[t].Length + _shared.Length);
        if (options.SharedGate) _sharedGate = NewGate("shared_gate", options.SharedGateView == SharedGateView.AllExperts ? _specificCount + _shared.Length : _shared.Length);

        Mlp Expert(string name) => Add(name, new Mlp(inputs, options.Expert, random.Derive(name)));
        Gate NewGate(string name, int experts) => Add(name, new Gate(inputs, experts, options.Gate, random.Derive(name)));
    }

    /// <summary>Number of tasks, T.</summary>
    public int Tasks => _gates.Length;

    /// <summary>The experts of each task.</summary>
    public IReadOnlyList<IReadOnlyList<Mlp>> Specific => _specific;

    /// <summary>The shared experts.</summary>
    public IReadOnlyList<Mlp> Shared => _shared;

    /// <summary>The gates of the tasks.</summary>
    public IReadOnlyList<Gate> Gates => _gates;

    /// <summary>The shared gate, or null.</summary>
    public Gate? SharedGate => _sharedGate;

    /// <summary>Width of every output.</summary>
    public int Outputs => _shared[0].Outputs;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + _gates.Sum(gate => ExpertMixture.Flops(gate.Experts, Outputs)) + (_sharedGate is null ? 0 : ExpertMixture.Flops(_sharedGate.Experts, Outputs));

    /// <summary>The streams after this layer.</summary>
    /// <param name="inputs">z_1, ..., z_T, z_s: T + 1 tensors <c>[rows, inputs]</c>.</param>
    /// <param name="outputs">Receives T tensors <c>[rows, Outputs]</c>, and the shared one if there is a shared gate.</param>
    public void Forward(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs) => Forward(inputs, outputs, default);

    /// <summary>The streams after this layer, and the weights used.</summary>
    /// <param name="inputs">z_1, ..., z_T, z_s: T + 1 tensors <c>[rows, inputs]</c>.</param>
    /// <param name="outputs">Receives T tensors <c>[rows, Outputs]</c>, and the shared one if there is a shared gate.</param>
    /// <param name="weights">Receives as many tensors <c>[rows, experts of the gate]</c>; may be empty.</param>
    public void Forward(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs, Span<Tensor> weights)
    {
        int tasks = Tasks, streams = tasks + (_sharedGate is null ? 0 : 1);
        if (inputs.Length != tasks + 1) throw new TensorException($"CgcLayer: found {inputs.Length} inputs, expected {tasks + 1} (one per task, and the shared one last).");
        if (outputs.Length != streams) throw new TensorException($"CgcLayer: found room for {outputs.Length} outputs, expected {streams}.");

        // The outputs of all experts: those of task 1, ..., those of task T, the shared ones.
        using var experts = new TensorBuffer(tasks + 1);
        for (int t = 0; t < tasks; t++) experts.Span[t] = _specificBanks[t].Forward(inputs[t]);
        Tensor shared = experts.Span[tasks] = _sharedBank.Forward(inputs[tasks]);
        for (int t = 0; t < tasks; t++)
        {
            Tensor own = experts.Span[t];
            Mix(_gates[t], inputs[t], _options.Order == GateOrder.SpecificFirst ? [own, shared] : [shared, own], t, outputs, weights);
        }

        if (_sharedGate is not null) Mix(_sharedGate, inputs[tasks], _options.SharedGateView == SharedGateView.AllExperts ? experts.Span : [shared], tasks, outputs, weights);
    }

    private static void Mix(Gate gate, Tensor input, ReadOnlySpan<Tensor> experts, int stream, Span<Tensor> outputs, Span<Tensor> weights)
    {
        Tensor weight = gate.Forward(input);
        outputs[stream] = Fused.Mixture(weight, experts);
        if (!weights.IsEmpty) weights[stream] = weight;
    }
}
