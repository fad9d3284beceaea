using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The baseline that shares nothing: one network per task, each as large as a <see cref="SharedBottom"/> with one tower. Children:
/// <c>networks.0</c> (<c>embedding</c>, <c>bottom</c>, <c>tower</c>), ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var baseline = new SingleTask(FeatureSchema.Numeric(6), tasks, new SingleTaskOptions { BottomHidden = [32] }, seed: 1);
/// </code></example>
public sealed class SingleTask : TabularModel
{
    internal const string RegistryName = "single-task";

    private readonly SingleTaskOptions _options;
    private readonly SingleTaskNetwork[] _networks;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes of every network; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public SingleTask(FeatureSchema schema, TaskSet tasks, SingleTaskOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = SingleTaskOptions.Table.Check(options ?? new SingleTaskOptions());
        RandomStream random = Initial(seed);
        _networks = new SingleTaskNetwork[tasks.Count];
        for (int t = 0; t < _networks.Length; t++)
        {
            string name = Numbered("networks", t);
            _networks[t] = Add(name, new SingleTaskNetwork(schema, tasks[t], _options, random.Derive(name)));
        }
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => SingleTaskOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _networks[t].Forward(batch);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        .. _networks.Select(network => Part("embeddings", network.Embedding)),
        .. _networks.Select(network => Part("bottoms", network.Bottom)),
        .. _networks.Select(network => Part("towers", network.Tower)),
    ];
}
