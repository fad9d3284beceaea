using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// A mixture of experts whose gates choose at most k experts per task (Hazimeh et al. 2021): h_t = sum_e g_t,e f_e(x) with
/// <see cref="DSelectKGate"/>s, logit_t = tower_t(h_t). The gates' penalties are added to the losses. Children: <c>embedding</c>,
/// <c>experts.0</c>, <c>gates.0</c>, <c>towers.0</c>, ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new DSelectK(FeatureSchema.Numeric(6), tasks, new DSelectKOptions { Experts = 4, Selectors = 2, ExpertHidden = [32] }, seed: 1);
/// </code></example>
public sealed class DSelectK : TabularModel, IExpertModel
{
    internal const string RegistryName = "dselect-k";

    private readonly DSelectKOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly Mlp[] _experts, _towers;
    private readonly MlpBank _bank;
    private readonly DSelectKGate[] _gates;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public DSelectK(FeatureSchema schema, TaskSet tasks, DSelectKOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = DSelectKOptions.Table.Check(options ?? new DSelectKOptions());
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding, random.Derive("embedding")));
        _experts = new Mlp[_options.Experts];
        for (int e = 0; e < _experts.Length; e++) _experts[e] = Add(Numbered("experts", e), new Mlp(_embedding.Width, _options.Hidden(_options.ExpertHidden), random.Derive(Numbered("experts", e))));
        _bank = new MlpBank(_experts);
        _gates = new DSelectKGate[tasks.Count];
        for (int t = 0; t < _gates.Length; t++) _gates[t] = Add(Numbered("gates", t), new DSelectKGate(_embedding.Width, _options.Gate, random.Derive(Numbered("gates", t))));
        _towers = AddTowers(_bank.Outputs, _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => DSelectKOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override bool Penalizes => _options.Gate.Entropy > 0 || !System.Numerics.BitOperations.IsPow2(_options.Experts);

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + (_gates.Length * ExpertMixture.Flops(_experts.Length, _bank.Outputs));

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        Tensor x = _embedding.Forward(batch), experts = _bank.Forward(x), penalty = default;
        for (int t = 0; t < outputs.Length; t++)
        {
            outputs[t] = _towers[t].Forward(Fused.Mixture(_gates[t].Forward(x, out Tensor own), experts));
            penalty = penalty.IsEmpty ? own : own.IsEmpty ? penalty : penalty + own;
        }

        Penalize(penalty);
    }

    /// <inheritdoc/>
    public IReadOnlyList<GateUse> GateWeights(Batch batch) => Observe(batch, outputs: false).Gates;

    /// <inheritdoc/>
    public ExpertActivity Activity(Batch batch) => Observe(batch, outputs: true);

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        Part("embedding", _embedding), .. _experts.Select(expert => Part("experts", expert)), .. _gates.Select(gate => Part("gates", gate)), .. _towers.Select(tower => Part("towers", tower)),
    ];

    private ExpertActivity Observe(Batch batch, bool outputs)
    {
        using var inference = new InferenceScope(this);
        Tensor x = _embedding.Forward(batch);
        var trace = new ExpertTrace([.. Tasks.Select(task => task.Name)], [], outputs);
        trace.AddExperts(0, ExpertOwner.Shared, 0, _experts.Length, _bank.Forward(x));
        for (int t = 0; t < _gates.Length; t++) trace.AddGate(0, ExpertOwner.Task, t, _gates[t].Forward(x, out _), (ExpertOwner.Shared, 0));
        return trace.Activity;
    }
}
