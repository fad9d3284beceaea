using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// TabTransformer (Huang et al. 2020, "TabTransformer: Tabular Data Modeling Using Contextual Embeddings") as the baseline of MultiTab: one
/// network per task, attention over the categorical fields only; their vectors and the layer-normalised numeric columns side by side pass a
/// stack of hidden layers (models/tab_transformer.py). Children: <c>networks.0</c> (<c>tokenizer</c>, <c>blocks.0</c>, ..., <c>norm</c>,
/// <c>tower</c>), ...
/// </summary>
/// <example><code>
/// var schema = new FeatureSchema(["age"], [new CategoricalFeature("country", 40), new CategoricalFeature("job", 12)]);
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var baseline = new TabTransformer(schema, tasks, new TabTransformerOptions { FeedForward = 64 }, seed: 1);
/// </code></example>
public sealed class TabTransformer : TabularModel
{
    internal const string RegistryName = "tab-transformer";

    private readonly TabTransformerOptions _options;
    private readonly TabTransformerNetwork[] _networks;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns, at least one of them categorical or a list of ids.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes of every network; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, a list of ids cannot be pooled, or there is nothing to attend over.</exception>
    public TabTransformer(FeatureSchema schema, TaskSet tasks, TabTransformerOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = TabTransformerOptions.Table.Check(options ?? new TabTransformerOptions());
        _options.Require(RegistryName);
        if (schema.Fields.Count + schema.Sequences.Count == 0) throw new ModelException($"{RegistryName}: found no categorical field to attend over, expected at least one; ft-transformer attends over numeric columns as well.");
        RandomStream random = Initial(seed);
        _networks = new TabTransformerNetwork[tasks.Count];
        for (int t = 0; t < _networks.Length; t++)
        {
            string name = Numbered("networks", t);
            _networks[t] = Add(name, new TabTransformerNetwork(schema, tasks[t], _options, random.Derive(name)));
        }
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => TabTransformerOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        Schema.Require(batch);
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _networks[t].Forward(batch);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        .. _networks.Select(network => Part("tokenizers", network.Tokenizer)), .. _networks.SelectMany(network => network.Blocks).Select(block => Part("column layers", block)),
        .. _networks.Where(network => network.Norm is not null).Select(network => Part("norms", network.Norm!)), .. _networks.Select(network => Part("towers", network.Tower)),
    ];
}
