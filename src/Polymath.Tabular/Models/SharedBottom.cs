using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Hard parameter sharing (Caruana 1997): h = bottom(x), logit_t = tower_t(h). Children: <c>embedding</c>, <c>bottom</c>, <c>towers.0</c>, ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new SharedBottom(FeatureSchema.Numeric(6), tasks, new SharedBottomOptions { BottomHidden = [32] }, seed: 1);
/// </code></example>
public sealed class SharedBottom : TabularModel
{
    internal const string RegistryName = "shared-bottom";

    private readonly SharedBottomOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly Mlp _bottom;
    private readonly Mlp[] _towers;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public SharedBottom(FeatureSchema schema, TaskSet tasks, SharedBottomOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = SharedBottomOptions.Table.Check(options ?? new SharedBottomOptions());
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding, random.Derive("embedding")));
        _bottom = Add("bottom", new Mlp(_embedding.Width, _options.Hidden(_options.BottomHidden), random.Derive("bottom")));
        _towers = AddTowers(_bottom.Outputs, _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => SharedBottomOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        Tensor h = Share(_bottom.Forward(_embedding.Forward(batch)));
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _towers[t].Forward(h);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() => [Part("embedding", _embedding), Part("bottom", _bottom), .. _towers.Select(tower => Part("towers", tower))];
}
