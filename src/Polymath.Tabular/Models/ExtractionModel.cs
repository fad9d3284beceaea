using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// What <see cref="Cgc"/> and <see cref="Ple"/> have in common: CGC layers on top of each other, then one tower per task. Children:
/// <c>embedding</c>, <c>levels.0</c> (<see cref="CgcLayer"/>), ..., <c>towers.0</c>, ...
/// </summary>
public abstract class ExtractionModel : TabularModel, IExpertModel
{
    private readonly CgcOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly CgcLayer[] _levels;
    private readonly Mlp[] _towers;

    private protected ExtractionModel(string name, FeatureSchema schema, TaskSet tasks, CgcOptions options, IReadOnlyList<IReadOnlyList<int>> expertsByLevel, ulong seed)
        : base(schema, tasks)
    {
        _options = options;
        bool toTower = options.TowerInput == TowerInput.TaskAndShared;
        IReadOnlyList<int> specific = options.ExpertsOf(name, tasks.Count);
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, options.Embedding, random.Derive("embedding")));
        _levels = new CgcLayer[expertsByLevel.Count];
        int width = _embedding.Width;
        for (int level = 0; level < _levels.Length; level++)
        {
            string child = Numbered("levels", level);
            var layer = new CgcLayerOptions
            {
                SpecificExperts = specific,
                SharedExperts = options.SharedExperts,
                Expert = options.Hidden(expertsByLevel[level]),
                Gate = options.Gate,
                Order = options.GateOrder,
                SharedGateView = options.SharedGateView,
                SharedGate = toTower || level < _levels.Length - 1,
            };
            _levels[level] = Add(child, new CgcLayer(width, layer, random.Derive(child)));
            width = _levels[level].Outputs;
        }

        _towers = AddTowers(toTower ? 2 * width : width, options, random);
    }

    /// <summary>The CGC layers.</summary>
    public IReadOnlyList<CgcLayer> Levels => _levels;

    /// <inheritdoc/>
    public sealed override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        int tasks = outputs.Length;
        using var streams = new TensorBuffer(tasks + 1);
        Extract(batch, streams.Span, null);
        for (int t = 0; t < tasks; t++)
        {
            Tensor z = streams.Span[t];
            outputs[t] = _towers[t].Forward(_options.TowerInput == TowerInput.TaskAndShared ? Tensor.Concat([z, streams.Span[tasks]], 1) : z);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<GateUse> GateWeights(Batch batch) => Observe(batch, outputs: false).Gates;

    /// <inheritdoc/>
    public ExpertActivity Activity(Batch batch) => Observe(batch, outputs: true);

    /// <inheritdoc/>
    protected sealed override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        Part("embedding", _embedding),
        .. _levels.SelectMany(level => level.Specific.SelectMany(experts => experts)).Select(expert => Part("specific experts", expert)),
        .. _levels.SelectMany(level => level.Shared).Select(expert => Part("shared experts", expert)),
        .. _levels.SelectMany(level => level.SharedGate is { } shared ? [.. level.Gates, shared] : level.Gates).Select(gate => Part("gates", gate)),
        .. _towers.Select(tower => Part("towers", tower)),
    ];

    private ExpertActivity Observe(Batch batch, bool outputs)
    {
        using var inference = new InferenceScope(this);
        var trace = new ExpertTrace([.. Tasks.Select(task => task.Name)], [], outputs);
        Extract(batch, new Tensor[Tasks.Count + 1], trace);
        return trace.Activity;
    }

    /// <summary>Runs all levels; the streams end as z_1, ..., z_T and, when the last level has a shared gate, z_s.</summary>
    private void Extract(Batch batch, Span<Tensor> streams, ExpertTrace? trace)
    {
        streams.Fill(_embedding.Forward(batch));
        using var next = new TensorBuffer(streams.Length);
        using var weights = new TensorBuffer(streams.Length);
        for (int level = 0; level < _levels.Length; level++)
        {
            CgcLayer layer = _levels[level];
            int count = layer.SharedGate is null ? streams.Length - 1 : streams.Length;
            layer.Forward(streams, next.Span[..count], trace is null ? default : weights.Span[..count]);
            if (trace is not null) Observe(layer, level, streams, weights.Span[..count], trace);
            next.Span[..count].CopyTo(streams);
        }
    }

    private void Observe(CgcLayer layer, int level, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> weights, ExpertTrace trace)
    {
        int tasks = layer.Tasks;
        for (int t = 0; t < tasks; t++) trace.AddExperts(level, ExpertOwner.Task, t, layer.Specific[t], inputs[t]);
        trace.AddExperts(level, ExpertOwner.Shared, 0, layer.Shared, inputs[tasks]);
        (ExpertOwner Owner, int Index) shared = (ExpertOwner.Shared, 0);
        for (int t = 0; t < tasks; t++) trace.AddGate(level, ExpertOwner.Task, t, weights[t], _options.GateOrder == GateOrder.SpecificFirst ? [(ExpertOwner.Task, t), shared] : [shared, (ExpertOwner.Task, t)]);
        if (layer.SharedGate is not null) trace.AddGate(level, ExpertOwner.Shared, 0, weights[tasks], _options.SharedGateView == SharedGateView.SharedExperts ? [shared] : [.. Enumerable.Range(0, tasks).Select(t => (ExpertOwner.Task, t)), shared]);
    }
}
