using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The task level of HoME (Wang et al. 2025): S shared experts on z_s, C experts of group g on z_g, T experts of task t on z_g, each through a feature
/// gate; h_t = sum of softmax(Gate_t([z_g, z_s])) . [S, C, T] + SG_t(z_g) over T. S and C are computed once for all tasks. Without a meta level
/// below it all masks are open: every task's gate reads v and mixes the experts of all groups and tasks. Children: <c>shared</c>,
/// <c>groups.0</c>, ..., <c>tasks.0</c>, ... (<see cref="ExpertGroup"/>), <c>gates.0</c>, ...
/// </summary>
/// <example><code>
/// var options = new HoMELayerOptions { SharedExperts = 2, GroupExperts = 1, TaskExperts = 1, Expert = new MlpOptions { Hidden = [4] } };
/// var layer = new HoMETaskLayer(6, groups: 2, groupOfTask: [0, 0, 1], options, new RandomStream(1));
/// Tensor z = Tensor.Ones(5, 6);
/// Tensor[] h = new Tensor[3];
/// layer.Forward([z, z, z], h);   // three tasks: [5, 4] each
/// </code></example>
public sealed class HoMETaskLayer : Module
{
    private readonly HoMELayerOptions _options;
    private readonly int[] _groupOfTask;
    private readonly int _groupCount, _level;
    private readonly bool _open;
    private readonly ExpertGroup? _shared;
    private readonly ExpertGroup[] _groups, _tasks;
    private readonly Gate[] _gates;

    /// <summary>A layer.</summary>
    /// <param name="inputs">Width of every stream, at least 1.</param>
    /// <param name="groups">G, at least 1.</param>
    /// <param name="groupOfTask">The group of each task, from 0.</param>
    /// <param name="options">Experts and gates.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="open">Whether every task mixes the experts of all groups and tasks, on one input: HoME without its hierarchy.</param>
    /// <exception cref="ArgumentException">There are no experts at all.</exception>
    public HoMETaskLayer(int inputs, int groups, IReadOnlyList<int> groupOfTask, HoMELayerOptions options, RandomStream random, bool open = false)
    {
        ArgumentNullException.ThrowIfNull(groupOfTask);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        int tasks = groupOfTask.Count, each = options.SharedExperts + options.GroupExperts + options.TaskExperts;
        if (each < 1) throw new ArgumentException("HoMETaskLayer: found no shared experts, none of the groups and none of the tasks, expected at least one of any.", nameof(options));
        foreach (int group in groupOfTask) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)group, (uint)groups, nameof(groupOfTask));
        (_options, _groupOfTask, _groupCount, _open, _level) = (options, [.. groupOfTask], groups, open, open ? 0 : 1);
        if (options.SharedExperts > 0) _shared = Experts("shared", options.SharedExperts, null);
        _groups = new ExpertGroup[options.GroupExperts > 0 ? groups : 0];
        for (int g = 0; g < _groups.Length; g++) _groups[g] = Experts(Numbered("groups", g), options.GroupExperts, null);
        _tasks = new ExpertGroup[options.TaskExperts > 0 ? tasks : 0];
        for (int t = 0; t < _tasks.Length; t++) _tasks[t] = Experts(Numbered("tasks", t), options.TaskExperts, options.SelfGate ? inputs : null);
        int mixed = open ? options.SharedExperts + (groups * options.GroupExperts) + (tasks * options.TaskExperts) : each;
        _gates = new Gate[tasks];
        for (int t = 0; t < tasks; t++)
        {
            string name = Numbered("gates", t);
            _gates[t] = Add(name, new Gate(open ? inputs : 2 * inputs, mixed, new GateOptions(), random.Derive(name)));
        }

        ExpertGroup Experts(string name, int count, int? selfGateInputs) => Add(name, new ExpertGroup(inputs, count, options.Expert, options.FeatureGate, selfGateInputs, random.Derive(name)));
    }

    /// <summary>The experts that all tasks share, or null.</summary>
    public ExpertGroup? Shared => _shared;

    /// <summary>The experts of each group; empty when groups have none.</summary>
    public IReadOnlyList<ExpertGroup> Groups => _groups;

    /// <summary>The experts of each task; empty when tasks have none.</summary>
    public IReadOnlyList<ExpertGroup> Tasks => _tasks;

    /// <summary>The gates of the tasks.</summary>
    public IReadOnlyList<Gate> Gates => _gates;

    /// <summary>H, the width of every output.</summary>
    public int Outputs => (_shared ?? (_groups.Length > 0 ? _groups[0] : _tasks[0])).Outputs;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + _gates.Sum(gate => ExpertMixture.Flops(gate.Experts, Outputs));

    /// <summary>The representation of every task.</summary>
    /// <param name="inputs">z_1, ..., z_G, z_s: G + 1 tensors <c>[rows, inputs]</c>; without hierarchy G + 1 times v.</param>
    /// <param name="outputs">Receives one tensor per task, <c>[rows, Outputs]</c>.</param>
    public void Forward(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs) => Forward(inputs, outputs, null);

    internal void Forward(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs, ExpertTrace? trace)
    {
        int tasks = _gates.Length, shared = _shared is null ? 0 : 1, count = shared + _groups.Length + _tasks.Length;
        if (inputs.Length != _groupCount + 1) throw new TensorException($"HoMETaskLayer: found {inputs.Length} inputs, expected {_groupCount + 1} (one per group, and the shared one last).");
        if (outputs.Length != tasks) throw new TensorException($"HoMETaskLayer: found room for {outputs.Length} outputs, expected {tasks}.");

        // The experts: S, C_1, ..., C_G, T_1, ..., T_T. What gates read: a group's and the shared input, and every task's view for its self gate.
        using var buffer = new TensorBuffer(count + (2 * _groupCount) + 1 + tasks + 3);
        Span<Tensor> experts = buffer.Span[..count], reads = buffer.Span.Slice(count, _groupCount + 1), joined = buffer.Span.Slice(count + _groupCount + 1, _groupCount), own = buffer.Span.Slice(count + (2 * _groupCount) + 1, tasks), seen = buffer.Span[^3..];
        inputs.CopyTo(reads);
        if (_shared is not null) Run(_shared, out experts[0], ref reads[_groupCount], trace, ExpertOwner.Shared, 0);
        for (int g = 0; g < _groups.Length; g++) Run(_groups[g], out experts[shared + g], ref reads[g], trace, ExpertOwner.Group, g);
        for (int t = 0; t < tasks; t++)
        {
            own[t] = inputs[_groupOfTask[t]];
            if (_tasks.Length > 0) Run(_tasks[t], out experts[shared + _groups.Length + t], ref own[t], trace, ExpertOwner.Task, t);
        }

        for (int g = 0; g < _groupCount && !_open; g++) joined[g] = Tensor.Concat([reads[g], reads[_groupCount]], 1);
        for (int t = 0; t < tasks; t++)
        {
            int group = _groupOfTask[t];
            Tensor weight = _gates[t].Forward(_open ? own[t] : joined[group]);
            outputs[t] = Fused.Mixture(weight, _open ? experts : Visible(experts, shared, t, seen));
            if (trace is not null) trace.AddGate(_level, ExpertOwner.Task, t, weight, Seen(t));
            if (_tasks.Length == 0 || _tasks[t].SelfGate is not { } self) continue;
            Tensor once = self.Forward(own[t]);
            trace?.AddSelfGate(_level, ExpertOwner.Task, t, once);
            outputs[t] += Fused.Mixture(once, experts[shared + _groups.Length + t]);
        }
    }

    /// <summary>[S, C, T] of a task, as far as there are any.</summary>
    private Span<Tensor> Visible(Span<Tensor> experts, int shared, int task, Span<Tensor> seen)
    {
        int count = 0;
        if (shared > 0) seen[count++] = experts[0];
        if (_groups.Length > 0) seen[count++] = experts[shared + _groupOfTask[task]];
        if (_tasks.Length > 0) seen[count++] = experts[shared + _groups.Length + task];
        return seen[..count];
    }

    private (ExpertOwner Owner, int Index)[] Seen(int task) => _open
        ? [(ExpertOwner.Shared, 0), .. _groups.Select((_, g) => (ExpertOwner.Group, g)), .. _tasks.Select((_, t) => (ExpertOwner.Task, t))]
        : [(ExpertOwner.Shared, 0), (ExpertOwner.Group, _groupOfTask[task]), (ExpertOwner.Task, task)];

    private void Run(ExpertGroup group, out Tensor experts, ref Tensor read, ExpertTrace? trace, ExpertOwner owner, int index)
    {
        Tensor view = group.View(read);
        if (_options.GateInput == GateInput.Gated) read = view;
        experts = group.Forward(view);
        trace?.AddExperts(_level, owner, index, group.Experts.Count, experts);
    }

    private static string Numbered(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}.{index}");
}
