using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Experts on inputs that differ by task: task i mixes its own experts and the shared ones, all applied to its own input x_i, by a gate on
/// x_i. Without experts of one's own it is a multi-gate mixture, with them one level of progressive extraction, both at T times the cost of
/// the shared experts on one input. Children: <c>specific.0.0</c> (task, expert), <c>shared.0</c>, <c>gates.0</c>.
/// </summary>
/// <example><code>
/// var layer = new TaskwiseExperts(6, tasks: 2, specific: 1, shared: 3, new MlpOptions { Hidden = [4] }, new GateOptions(), new RandomStream(1));
/// Tensor[] z = new Tensor[2];
/// layer.Forward([Tensor.Ones(5, 6), Tensor.Zeros(5, 6)], z, default);   // [5, 4] each
/// </code></example>
public sealed class TaskwiseExperts : Module
{
    private readonly MlpBank[] _own;
    private readonly MlpBank _shared;
    private readonly Gate[] _gates;

    /// <summary>A layer.</summary>
    /// <param name="inputs">Width of every input, at least 1.</param>
    /// <param name="tasks">Number of tasks, T, at least 1.</param>
    /// <param name="specific">Experts of every task, 0 or more.</param>
    /// <param name="shared">Experts shared by all tasks, at least 1.</param>
    /// <param name="expert">The layers of every expert; without batch norm, which would hold one set of statistics for T different inputs.</param>
    /// <param name="gate">The kind of gate.</param>
    /// <param name="random">Where the initial values come from.</param>
    public TaskwiseExperts(int inputs, int tasks, int specific, int shared, MlpOptions expert, GateOptions gate, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(expert);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(specific);
        ArgumentOutOfRangeException.ThrowIfLessThan(shared, 1);
        if (expert.BatchNorm) throw new ArgumentException("TaskwiseExperts: found experts with batch norm, expected none, as every expert sees an input of every task.", nameof(expert));
        (Specific, Shared) = (specific, shared);
        _own = [.. Enumerable.Range(0, specific == 0 ? 0 : tasks).Select(t => Bank(TabularModel.Numbered("specific", t), specific))];
        _shared = Bank("shared", shared);
        _gates = [.. Enumerable.Range(0, tasks).Select(t => TabularModel.Numbered("gates", t)).Select(name => Add(name, new Gate(inputs, specific + shared, gate, random.Derive(name))))];

        MlpBank Bank(string name, int count) => new([.. Enumerable.Range(0, count).Select(e => TabularModel.Numbered(name, e)).Select(child => Add(child, new Mlp(inputs, expert, random.Derive(child))))]);
    }

    /// <summary>Experts of every task.</summary>
    public int Specific { get; }

    /// <summary>Experts shared by all tasks.</summary>
    public int Shared { get; }

    /// <summary>Width of every output.</summary>
    public int Outputs => _shared.Outputs;

    /// <inheritdoc/>
    public override long FlopsPerRow
    {
        get
        {
            long once = base.FlopsPerRow, shared = NamedModules().Where(entry => entry.Key.StartsWith("shared.", StringComparison.Ordinal) && entry.Key.Count(c => c == '.') == 1).Sum(entry => entry.Value.FlopsPerRow);
            return once + ((_gates.Length - 1) * shared) + (_gates.Length * ExpertMixture.Flops(Specific + Shared, Outputs));
        }
    }

    /// <summary>The mixture of every task.</summary>
    /// <param name="inputs">x_1, ..., x_T, each <c>[rows, inputs]</c>.</param>
    /// <param name="outputs">Receives one tensor per task, <c>[rows, Outputs]</c>.</param>
    /// <param name="weights">Receives the weights of every gate, <c>[rows, experts]</c>, a task's own experts first; may be empty.</param>
    public void Forward(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs, Span<Tensor> weights)
    {
        if (inputs.Length != _gates.Length || outputs.Length != _gates.Length) throw new TensorException($"TaskwiseExperts: found {inputs.Length} inputs and room for {outputs.Length} outputs, expected {_gates.Length} each (one per task).");
        for (int t = 0; t < _gates.Length; t++)
        {
            Tensor gate = _gates[t].Forward(inputs[t]), shared = _shared.Forward(inputs[t]);
            outputs[t] = _own.Length == 0 ? Fused.Mixture(gate, shared) : Fused.Mixture(gate, _own[t].Forward(inputs[t]), shared);
            if (!weights.IsEmpty) weights[t] = gate;
        }
    }
}
