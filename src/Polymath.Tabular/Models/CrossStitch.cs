using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Cross-stitch networks (Misra et al. 2016): one stack of hidden layers per task on a common input layer; after each layer every task
/// continues with a learned mixture of all tasks' activations (<see cref="CrossStitchUnit"/>). Children: <c>embedding</c>, <c>layers.0.0</c>
/// (task, layer), <c>stitches.0</c>, <c>towers.0</c>, ... The paper trains <c>stitches.*.alpha</c> with a 100 to 1000 times larger learning rate.
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new CrossStitch(FeatureSchema.Numeric(6), tasks, new CrossStitchOptions { Init = CrossStitchInit.Ones }, seed: 1);
/// </code></example>
public sealed class CrossStitch : TabularModel
{
    internal const string RegistryName = "cross-stitch";

    private readonly CrossStitchOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly Mlp[][] _layers;
    private readonly CrossStitchUnit[] _stitches;
    private readonly Mlp[] _towers;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a task does not say how many classes it has.</exception>
    public CrossStitch(FeatureSchema schema, TaskSet tasks, CrossStitchOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = CrossStitchOptions.Table.Check(options ?? new CrossStitchOptions());
        RandomStream random = Initial(seed);
        int depth = _options.BottomHidden.Count;
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding, random.Derive("embedding")));
        _layers = new Mlp[tasks.Count][];
        for (int t = 0; t < tasks.Count; t++)
        {
            _layers[t] = new Mlp[depth];
            for (int layer = 0; layer < depth; layer++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"layers.{t}.{layer}");
                _layers[t][layer] = Add(name, new Mlp(layer == 0 ? _embedding.Width : _options.BottomHidden[layer - 1], _options.Hidden(_options.BottomHidden[layer]), random.Derive(name)));
            }
        }

        _stitches = new CrossStitchUnit[_options.StitchLast ? depth : depth - 1];
        for (int i = 0; i < _stitches.Length; i++) _stitches[i] = Add(Numbered("stitches", i), new CrossStitchUnit(tasks.Count, _options.Init, _options.Same));
        _towers = AddTowers(_options.BottomHidden[^1], _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => CrossStitchOptions.Table.Write(_options);

    /// <summary>The stitches, layer by layer.</summary>
    public IReadOnlyList<CrossStitchUnit> Stitches => _stitches;

    /// <inheritdoc/>
    public override long FlopsPerRow => base.FlopsPerRow + _stitches.Select((stitch, layer) => stitch.Tasks * ExpertMixture.Flops(stitch.Tasks, _options.BottomHidden[layer])).Sum();

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        int tasks = outputs.Length;
        using var buffer = new TensorBuffer(2 * tasks);
        Span<Tensor> a = buffer.Span[..tasks], mixed = buffer.Span[tasks..];
        a.Fill(_embedding.Forward(batch));
        for (int layer = 0; layer < _options.BottomHidden.Count; layer++)
        {
            for (int t = 0; t < tasks; t++) a[t] = _layers[t][layer].Forward(a[t]);
            if (layer >= _stitches.Length) continue;
            _stitches[layer].Forward(a, mixed);
            mixed.CopyTo(a);
        }

        for (int t = 0; t < tasks; t++) outputs[t] = _towers[t].Forward(a[t]);
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        Part("embedding", _embedding), .. _layers.SelectMany(layers => layers).Select(layer => Part("layers", layer)), .. _towers.Select(tower => Part("towers", tower)),
    ];
}
