using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// SAINT (Somepalli et al. 2021, "SAINT: Improved Neural Networks for Tabular Data via Row Attention and Contrastive Pre-Training") as the
/// baseline of MultiTab: one network per task, every block attends over columns and then over the rows of the batch (models/saint.py), without
/// pre-training. Children: <c>networks.0</c> (<c>tokenizer</c>, <c>blocks.0</c>, ..., <c>tower</c>), ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var baseline = new Saint(FeatureSchema.Numeric(6), tasks, new SaintOptions { FeedForward = 64 }, seed: 1);
/// </code></example>
public sealed class Saint : TabularModel
{
    internal const string RegistryName = "saint";

    private readonly SaintOptions _options;
    private readonly TokenNetwork[] _networks;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes of every network; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a list of ids cannot be pooled.</exception>
    public Saint(FeatureSchema schema, TaskSet tasks, SaintOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = SaintOptions.Table.Check(options ?? new SaintOptions());
        _options.Require(RegistryName);
        RandomStream random = Initial(seed);
        _networks = new TokenNetwork[tasks.Count];
        for (int t = 0; t < _networks.Length; t++)
        {
            string name = Numbered("networks", t);
            _networks[t] = Add(name, new TokenNetwork(schema, tasks[t], _options, _options.RowMode, _options.RowGroup, random.Derive(name)));
        }
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => SaintOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override bool RowsInteract => _options.RowMode != RowMode.ValueOnly;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => RowEncoder.Notes(Name, RowsInteract, _options.RowGroup, _networks.SelectMany(network => network.Blocks), _networks[0].Tokenizer);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _networks[t].Forward(batch);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() => TokenNetwork.Parts(_networks);
}
