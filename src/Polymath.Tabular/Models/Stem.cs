using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// STEM (Su et al. 2024): every task has tables of vectors of its own next to the shared ones, and <see cref="StemLayer"/>s in which a task
/// reads the experts of the others without changing them; then one tower per task. Children: <c>embeddings.0</c>, ... (one per task, the shared
/// one last), <c>levels.0</c>, <c>towers.0</c>, ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new Stem(FeatureSchema.Numeric(6), tasks, new StemOptions { ExpertHidden = [32] }, seed: 1);
/// </code></example>
public sealed class Stem : TabularModel, IExpertModel
{
    internal const string RegistryName = "stem";

    private readonly StemOptions _options;
    private readonly FeatureEmbedding[] _embeddings;
    private readonly StemLayer[] _levels;
    private readonly Mlp[] _towers;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public Stem(FeatureSchema schema, TaskSet tasks, StemOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = StemOptions.Table.Check(options ?? new StemOptions());
        RandomStream random = Initial(seed);
        _embeddings = new FeatureEmbedding[tasks.Count + 1];
        for (int t = 0; t < _embeddings.Length; t++) _embeddings[t] = Add(Numbered("embeddings", t), new FeatureEmbedding(schema, _options.Embedding, random.Derive(Numbered("embeddings", t))));
        bool toTower = _options.TowerInput == TowerInput.TaskAndShared;
        _levels = new StemLayer[_options.Levels];
        int width = _embeddings[0].Width;
        for (int level = 0; level < _levels.Length; level++)
        {
            var layer = new CgcLayerOptions
            {
                SpecificExperts = [.. Enumerable.Repeat(_options.SpecificExperts, tasks.Count)],
                SharedExperts = _options.SharedExperts,
                Expert = _options.Hidden(_options.ExpertHidden),
                Gate = _options.Gate,
                SharedGate = toTower || level < _levels.Length - 1,
            };
            _levels[level] = Add(Numbered("levels", level), new StemLayer(width, layer, random.Derive(Numbered("levels", level)), _options.GateInput, _options.DetachShared));
            width = _levels[level].Outputs;
        }

        _towers = AddTowers(toTower ? 2 * width : width, _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => StemOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        using var streams = new TensorBuffer(outputs.Length + 1);
        Extract(batch, streams.Span, null);
        for (int t = 0; t < outputs.Length; t++)
        {
            Tensor z = streams.Span[t];
            outputs[t] = _towers[t].Forward(_options.TowerInput == TowerInput.TaskAndShared ? Tensor.Concat([z, streams.Span[outputs.Length]], 1) : z);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<GateUse> GateWeights(Batch batch) => Observe(batch, outputs: false).Gates;

    /// <inheritdoc/>
    public ExpertActivity Activity(Batch batch) => Observe(batch, outputs: true);

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        .. _embeddings.Select(embedding => Part("embeddings", embedding)),
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
        for (int t = 0; t < streams.Length; t++) streams[t] = _embeddings[t].Forward(batch);
        using var next = new TensorBuffer(streams.Length);
        using var weights = new TensorBuffer(streams.Length);
        for (int level = 0; level < _levels.Length; level++)
        {
            int count = _levels[level].SharedGate is null ? streams.Length - 1 : streams.Length;
            _levels[level].Forward(streams, next.Span[..count], trace is null ? default : weights.Span[..count]);
            if (trace is not null) Observe(_levels[level], level, streams, weights.Span[..count], trace);
            next.Span[..count].CopyTo(streams);
        }
    }

    /// <summary>Every gate weighs the experts of all tasks, then the shared ones.</summary>
    private void Observe(StemLayer layer, int level, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> weights, ExpertTrace trace)
    {
        int tasks = Tasks.Count;
        for (int t = 0; t < tasks; t++) trace.AddExperts(level, ExpertOwner.Task, t, layer.Specific[t], inputs[t]);
        trace.AddExperts(level, ExpertOwner.Shared, 0, layer.Shared, inputs[tasks]);
        (ExpertOwner Owner, int Index)[] all = [.. Enumerable.Range(0, tasks).Select(t => (ExpertOwner.Task, t)), (ExpertOwner.Shared, 0)];
        for (int stream = 0; stream < weights.Length; stream++) trace.AddGate(level, stream < tasks ? ExpertOwner.Task : ExpertOwner.Shared, stream < tasks ? stream : 0, weights[stream], all);
    }
}
