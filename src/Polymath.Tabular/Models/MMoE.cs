using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Multi-gate mixture of experts (Ma et al. 2018): h_t = sum_e g_t(x)_e f_e(x), logit_t = tower_t(h_t); with
/// <see cref="MMoEOptions.SharedGate"/> one gate serves all tasks (OMoE). Children: <c>embedding</c>, <c>mixture</c>
/// (<see cref="MmoeLayer"/>), <c>towers.0</c>, ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new MMoE(FeatureSchema.Numeric(6), tasks, experts: 8, expertWidth: 64);
/// var wide = new MMoE(FeatureSchema.Numeric(6), tasks, new MMoEOptions { Experts = 4, ExpertHidden = [256, 128] }, seed: 1);
/// </code></example>
public sealed class MMoE : TabularModel, IExpertModel
{
    internal const string RegistryName = "mmoe", OneGateName = "omoe";

    private readonly MMoEOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly MmoeLayer _mixture;
    private readonly Mlp[] _towers;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public MMoE(FeatureSchema schema, TaskSet tasks, MMoEOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = MMoEOptions.Table.Check(options ?? new MMoEOptions());
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding, random.Derive("embedding")));
        _mixture = Add("mixture", new MmoeLayer(_embedding.Width, _options.SharedGate ? 1 : tasks.Count, _options.Experts, _options.Hidden(_options.ExpertHidden), _options.Gate, random.Derive("mixture")));
        _towers = AddTowers(_mixture.Outputs, _options, random);
    }

    /// <summary>A model of experts with one hidden layer each.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="experts">Number of experts, at least 1.</param>
    /// <param name="expertWidth">Width of every expert's hidden layer, at least 1.</param>
    /// <param name="seed">Key of the first weights.</param>
    public MMoE(FeatureSchema schema, TaskSet tasks, int experts, int expertWidth, ulong seed = 0)
        : this(schema, tasks, new MMoEOptions { Experts = experts, ExpertHidden = [expertWidth] }, seed)
    {
    }

    /// <inheritdoc/>
    public override string Name => _options.SharedGate ? OneGateName : RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => (_options.SharedGate ? MMoEOptions.OneGateTable : MMoEOptions.Table).Write(_options);

    /// <summary>The experts and gates.</summary>
    public MmoeLayer Mixture => _mixture;

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        using var mixed = new TensorBuffer(_mixture.Gates.Count);
        _mixture.Forward(_embedding.Forward(batch), mixed.Span);
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _towers[t].Forward(mixed.Span[_options.SharedGate ? 0 : t]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<GateUse> GateWeights(Batch batch) => Observe(batch, outputs: false).Gates;

    /// <inheritdoc/>
    public ExpertActivity Activity(Batch batch) => Observe(batch, outputs: true);

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        Part("embedding", _embedding), .. _mixture.Experts.Select(expert => Part("experts", expert)), .. _mixture.Gates.Select(gate => Part("gates", gate)), .. _towers.Select(tower => Part("towers", tower)),
    ];

    private ExpertActivity Observe(Batch batch, bool outputs)
    {
        using var inference = new InferenceScope(this);
        int gates = _mixture.Gates.Count;
        Tensor[] mixed = new Tensor[gates], weights = new Tensor[gates];
        Tensor input = _embedding.Forward(batch);
        _mixture.Forward(input, mixed, weights);
        var trace = new ExpertTrace([.. Tasks.Select(task => task.Name)], [], outputs);
        trace.AddExperts(0, ExpertOwner.Shared, 0, _mixture.Experts, input);
        for (int t = 0; t < gates; t++) trace.AddGate(0, _options.SharedGate ? ExpertOwner.Shared : ExpertOwner.Task, t, weights[t], (ExpertOwner.Shared, 0));
        return trace.Activity;
    }
}
