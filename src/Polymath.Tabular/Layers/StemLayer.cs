using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Expert layer of STEM (Su et al. 2024): the gate of task k mixes the experts of all tasks and the shared ones, but lets no gradient of its
/// task into the experts of the others, so that every task learns from what the others know without disturbing it. The gate reads
/// z_k + z_s; the shared gate reads z_s and stops nothing. Children: <c>specific.0.0</c> (task, expert), <c>shared.0</c>, <c>gates.0</c>,
/// <c>shared_gate</c>.
/// </summary>
/// <example><code>
/// var options = new CgcLayerOptions { SpecificExperts = [1, 1], SharedExperts = 2, Expert = new MlpOptions { Hidden = [4] } };
/// var layer = new StemLayer(6, options, new RandomStream(1));
/// Tensor x = Tensor.Ones(5, 6);
/// Tensor[] z = new Tensor[3];
/// layer.Forward([x, x, x], z);   // task 1, task 2, shared: [5, 4] each
/// </code></example>
public sealed class StemLayer : Module
{
    private readonly Mlp[][] _specific;
    private readonly Mlp[] _shared;
    private readonly MlpBank[] _banks;
    private readonly Gate[] _gates;
    private readonly Gate? _sharedGate;
    private readonly StemGateInput _gateInput;
    private readonly bool _detachShared;

    /// <summary>A layer.</summary>
    /// <param name="inputs">Width of every stream, at least 1.</param>
    /// <param name="options">Experts and gates; gates always see all experts, those of the tasks first.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="gateInput">What the gate of a task reads.</param>
    /// <param name="detachShared">Whether the tasks' gates let no gradient into the shared experts either, as in the MultiTab repository.</param>
    public StemLayer(int inputs, CgcLayerOptions options, RandomStream random, StemGateInput gateInput = StemGateInput.TaskPlusShared, bool detachShared = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        (_gateInput, _detachShared) = (gateInput, detachShared);
        int tasks = options.SpecificExperts.Count, all = options.SpecificExperts.Sum() + options.SharedExperts;
        _specific = [.. options.SpecificExperts.Select((count, t) => Enumerable.Range(0, count).Select(e => Expert(string.Create(CultureInfo.InvariantCulture, $"specific.{t}.{e}"))).ToArray())];
        _shared = [.. Enumerable.Range(0, options.SharedExperts).Select(e => Expert(string.Create(CultureInfo.InvariantCulture, $"shared.{e}")))];
        _banks = [.. _specific.Select(experts => new MlpBank(experts)), new MlpBank(_shared)];
        _gates = [.. Enumerable.Range(0, tasks).Select(t => NewGate(string.Create(CultureInfo.InvariantCulture, $"gates.{t}")))];
        if (options.SharedGate) _sharedGate = NewGate("shared_gate");

        Mlp Expert(string name) => Add(name, new Mlp(inputs, options.Expert, random.Derive(name)));
        Gate NewGate(string name) => Add(name, new Gate(inputs, all, options.Gate, random.Derive(name)));
    }

    /// <summary>The experts of each task.</summary>
    public IReadOnlyList<IReadOnlyList<Mlp>> Specific => _specific;

    /// <summary>The shared experts.</summary>
    public IReadOnlyList<Mlp> Shared => _shared;

    /// <summary>The gates of the tasks.</summary>
    public IReadOnlyList<Gate> Gates => _gates;

    /// <summary>The shared gate, or null.</summary>
    public Gate? SharedGate => _sharedGate;

    /// <summary>Width of every output.</summary>
    public int Outputs => _banks[0].Outputs;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + ((_gates.Length + (_sharedGate is null ? 0 : 1)) * ExpertMixture.Flops(_gates[0].Experts, Outputs));

    /// <summary>The streams after this layer.</summary>
    /// <param name="inputs">z_1, ..., z_T, z_s: T + 1 tensors <c>[rows, inputs]</c>.</param>
    /// <param name="outputs">Receives T tensors <c>[rows, Outputs]</c>, and the shared one if there is a shared gate.</param>
    /// <param name="weights">Receives as many tensors <c>[rows, experts]</c>; may be empty.</param>
    public void Forward(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs, Span<Tensor> weights = default)
    {
        int tasks = _gates.Length, streams = tasks + (_sharedGate is null ? 0 : 1);
        if (inputs.Length != tasks + 1) throw new TensorException($"StemLayer: found {inputs.Length} inputs, expected {tasks + 1} (one per task, and the shared one last).");
        if (outputs.Length != streams) throw new TensorException($"StemLayer: found room for {outputs.Length} outputs, expected {streams}.");

        // What every bank answers, and the same as values that no gradient passes.
        using var buffer = new TensorBuffer(3 * (tasks + 1));
        Span<Tensor> experts = buffer.Span[..(tasks + 1)], fixedExperts = buffer.Span.Slice(tasks + 1, tasks + 1), seen = buffer.Span[(2 * (tasks + 1))..];
        for (int b = 0; b <= tasks; b++)
        {
            experts[b] = _banks[b].Forward(inputs[b]);
            fixedExperts[b] = experts[b].Detach();
        }

        for (int t = 0; t < tasks; t++)
        {
            for (int b = 0; b <= tasks; b++) seen[b] = b == t || (b == tasks && !_detachShared) ? experts[b] : fixedExperts[b];
            Mix(_gates[t], _gateInput == StemGateInput.TaskPlusShared ? inputs[t] + inputs[tasks] : inputs[t], seen, t, outputs, weights);
        }

        if (_sharedGate is not null) Mix(_sharedGate, inputs[tasks], experts, tasks, outputs, weights);
    }

    private static void Mix(Gate gate, Tensor input, ReadOnlySpan<Tensor> experts, int stream, Span<Tensor> outputs, Span<Tensor> weights)
    {
        Tensor weight = gate.Forward(input);
        outputs[stream] = Fused.Mixture(weight, experts);
        if (!weights.IsEmpty) weights[stream] = weight;
    }
}
