using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The meta level of HoME (Wang et al. 2025): z_g = sum of softmax(Gate_g(v)) . [E_s, E_g] + SG_g(v) over E_g for every group of tasks, and z_s the
/// same over the experts of all, [E_s, E_1, ..., E_G], with the self gate over E_s. No group sees the experts of another one. Children:
/// <c>shared</c>, <c>groups.0</c>, ... (<see cref="ExpertGroup"/>), <c>gates.0</c>, ..., <c>shared_gate</c>.
/// </summary>
/// <example><code>
/// var options = new HoMELayerOptions { SharedExperts = 2, GroupExperts = 1, Expert = new MlpOptions { Hidden = [4], Activation = Activation.Silu } };
/// var layer = new HoMEMetaLayer(6, groups: 2, options, new RandomStream(1));
/// Tensor[] z = new Tensor[3];
/// layer.Forward(Tensor.Ones(5, 6), z);   // group 1, group 2, shared: [5, 4] each
/// </code></example>
public sealed class HoMEMetaLayer : Module
{
    private const int Level = 0;

    private readonly GateInput _gateInput;
    private readonly ExpertGroup? _shared;
    private readonly ExpertGroup[] _groups;
    private readonly Gate[] _gates;
    private readonly Gate _sharedGate;

    /// <summary>A layer.</summary>
    /// <param name="inputs">Width of v, at least 1.</param>
    /// <param name="groups">G, at least 1.</param>
    /// <param name="options">Experts and gates.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <exception cref="ArgumentException">There are neither shared experts nor experts of the groups.</exception>
    public HoMEMetaLayer(int inputs, int groups, HoMELayerOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (options.SharedExperts < 1 && options.GroupExperts < 1) throw new ArgumentException("HoMEMetaLayer: found no shared experts and none of the groups, expected at least one of either.", nameof(options));
        _gateInput = options.GateInput;
        if (options.SharedExperts > 0) _shared = Experts("shared", options.SharedExperts);
        _groups = new ExpertGroup[options.GroupExperts > 0 ? groups : 0];
        for (int g = 0; g < _groups.Length; g++) _groups[g] = Experts(Numbered("groups", g), options.GroupExperts);
        _gates = new Gate[groups];
        for (int g = 0; g < groups; g++) _gates[g] = NewGate(Numbered("gates", g), options.SharedExperts + options.GroupExperts);
        _sharedGate = NewGate("shared_gate", options.SharedExperts + (groups * options.GroupExperts));

        ExpertGroup Experts(string name, int count) => Add(name, new ExpertGroup(inputs, count, options.Expert, options.FeatureGate, options.SelfGate ? inputs : null, random.Derive(name)));
        Gate NewGate(string name, int experts) => Add(name, new Gate(inputs, experts, new GateOptions(), random.Derive(name)));
    }

    /// <summary>G, the number of groups.</summary>
    public int GroupCount => _gates.Length;

    /// <summary>The experts that all groups share, or null.</summary>
    public ExpertGroup? Shared => _shared;

    /// <summary>The experts of each group; empty when groups have none.</summary>
    public IReadOnlyList<ExpertGroup> Groups => _groups;

    /// <summary>The gates of the groups.</summary>
    public IReadOnlyList<Gate> Gates => _gates;

    /// <summary>The gate of the shared representation.</summary>
    public Gate SharedGate => _sharedGate;

    /// <summary>H, the width of every output.</summary>
    public int Outputs => (_shared ?? _groups[0]).Outputs;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + _gates.Append(_sharedGate).Sum(gate => ExpertMixture.Flops(gate.Experts, Outputs));

    /// <summary>The meta representations.</summary>
    /// <param name="input">v, <c>[rows, inputs]</c>.</param>
    /// <param name="outputs">Receives G + 1 tensors <c>[rows, Outputs]</c>: z_1, ..., z_G, z_s.</param>
    public void Forward(Tensor input, Span<Tensor> outputs) => Forward(input, outputs, null);

    internal void Forward(Tensor input, Span<Tensor> outputs, ExpertTrace? trace)
    {
        int groups = GroupCount;
        if (outputs.Length != groups + 1) throw new TensorException($"HoMEMetaLayer: found room for {outputs.Length} outputs, expected {groups + 1} (one per group, and the shared one).");

        // E_s, E_1, ..., E_G, and what the gates of their owners read; without shared experts the first place stays empty.
        using var buffer = new TensorBuffer(2 * (groups + 1));
        Span<Tensor> experts = buffer.Span[..(groups + 1)], reads = buffer.Span[(groups + 1)..];
        reads.Fill(input);
        if (_shared is not null) Run(_shared, out experts[0], ref reads[0], trace, ExpertOwner.Shared, 0);
        for (int g = 0; g < _groups.Length; g++) Run(_groups[g], out experts[g + 1], ref reads[g + 1], trace, ExpertOwner.Group, g);
        for (int g = 0; g < groups; g++)
        {
            Tensor weight = _gates[g].Forward(reads[g + 1]);
            Tensor mixed = _groups.Length == 0 ? Fused.Mixture(weight, experts[0]) : _shared is null ? Fused.Mixture(weight, experts[g + 1]) : Fused.Mixture(weight, experts[0], experts[g + 1]);
            trace?.AddGate(Level, ExpertOwner.Group, g, weight, (ExpertOwner.Shared, 0), (ExpertOwner.Group, g));
            outputs[g] = _groups.Length == 0 ? mixed : AddOwn(mixed, _groups[g], reads[g + 1], experts[g + 1], trace, ExpertOwner.Group, g);
        }

        Tensor all = _sharedGate.Forward(reads[0]), mixture = Fused.Mixture(all, experts[(_shared is null ? 1 : 0)..(_groups.Length + 1)]);
        if (trace is not null) trace.AddGate(Level, ExpertOwner.Shared, 0, all, [(ExpertOwner.Shared, 0), .. Enumerable.Range(0, groups).Select(g => (ExpertOwner.Group, g))]);
        outputs[groups] = _shared is null ? mixture : AddOwn(mixture, _shared, reads[0], experts[0], trace, ExpertOwner.Shared, 0);
    }

    private void Run(ExpertGroup group, out Tensor experts, ref Tensor read, ExpertTrace? trace, ExpertOwner owner, int index)
    {
        Tensor view = group.View(read);
        if (_gateInput == GateInput.Gated) read = view;
        experts = group.Forward(view);
        trace?.AddExperts(Level, owner, index, group.Experts.Count, experts);
    }

    private static Tensor AddOwn(Tensor mixed, ExpertGroup group, Tensor read, Tensor experts, ExpertTrace? trace, ExpertOwner owner, int index)
    {
        if (group.SelfGate is null) return mixed;
        Tensor weight = group.SelfGate.Forward(read);
        trace?.AddSelfGate(Level, owner, index, weight);
        return mixed + Fused.Mixture(weight, experts);
    }

    private static string Numbered(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}.{index}");
}
