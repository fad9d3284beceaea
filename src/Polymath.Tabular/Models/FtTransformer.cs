using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// FT-Transformer (Gorishniy et al. 2021, "Revisiting Deep Learning Models for Tabular Data", NeurIPS) as the baseline of MultiTab: one network
/// per task, attention over columns only (models/ft_transformer.py). Children: <c>networks.0</c> (<c>tokenizer</c>, <c>blocks.0</c>, ...,
/// <c>tower</c>), ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var baseline = new FtTransformer(FeatureSchema.Numeric(6), tasks, new FtTransformerOptions { FeedForward = 64 }, seed: 1);
/// </code></example>
public sealed class FtTransformer : TabularModel
{
    internal const string RegistryName = "ft-transformer";

    private readonly FtTransformerOptions _options;
    private readonly TokenNetwork[] _networks;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes of every network; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a list of ids cannot be pooled.</exception>
    public FtTransformer(FeatureSchema schema, TaskSet tasks, FtTransformerOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = FtTransformerOptions.Table.Check(options ?? new FtTransformerOptions());
        _options.Require(RegistryName);
        RandomStream random = Initial(seed);
        _networks = new TokenNetwork[tasks.Count];
        for (int t = 0; t < _networks.Length; t++)
        {
            string name = Numbered("networks", t);
            _networks[t] = Add(name, new TokenNetwork(schema, tasks[t], _options, rows: null, group: 1, random.Derive(name)));
        }
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => FtTransformerOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _networks[t].Forward(batch);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() => TokenNetwork.Parts(_networks);
}
