using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Hierarchy of multi-gate experts (Wang et al. 2025): groups of related tasks share meta representations, on which every task mixes shared
/// experts, those of its group and its own. Experts are batch-normalised and use swish, so that none collapses; feature gates give every consumer a view of its
/// own, so that none is captured; self gates keep feeding the experts of sparse tasks. logit_t = tower_t(h_t). Children:
/// <c>embedding</c>, <c>meta</c> (<see cref="HoMEMetaLayer"/>), <c>mixture</c> (<see cref="HoMETaskLayer"/>), <c>towers.0</c>, ...
/// </summary>
/// <remarks>
/// There is no official code. Where public ports differ: factors of feature gates are 2 sigmoid and multiply the input; gates read the input as it is, one
/// port feeds them the views (<see cref="GateInput"/>); experts are normalised over the batch, one port does so per row (<see cref="ExpertNorm"/>).
/// </remarks>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("like"), Target.Binary("comment"), Target.Binary("long_view"));
/// var options = new HoMEOptions { Groups = [new TaskGroup("inter", ["like", "comment"]), new TaskGroup("watch", ["long_view"])], ExpertHidden = [32], LoraRank = 4 };
/// var model = new HoME(FeatureSchema.Numeric(8), tasks, options, seed: 1);
/// </code></example>
public sealed class HoME : TabularModel, IExpertModel
{
    internal const string RegistryName = "home";

    private readonly HoMEOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly HoMEMetaLayer? _meta;
    private readonly HoMETaskLayer _mixture;
    private readonly Mlp[] _towers;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Groups and sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, the groups do not hold every task once, or a task does not say how many classes it has.</exception>
    public HoME(FeatureSchema schema, TaskSet tasks, HoMEOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = HoMEOptions.Table.Check(options ?? new HoMEOptions()).CheckTogether();
        Groups = TaskGroups.Resolve(RegistryName, _options.Groups, tasks);
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding, random.Derive("embedding")));
        if (_options.Hierarchy) _meta = Add("meta", new HoMEMetaLayer(_embedding.Width, Groups.Count, _options.Meta, random.Derive("meta")));
        int[] groupOfTask = [.. tasks.Select(task => Groups.Index().First(group => group.Item.Tasks.Contains(task.Name)).Index)];
        _mixture = Add("mixture", new HoMETaskLayer(_meta?.Outputs ?? _embedding.Width, Groups.Count, groupOfTask, _options.Task, random.Derive("mixture"), open: _meta is null));
        _towers = AddTowers(_mixture.Outputs, _options, random);
        Notes = [.. FindNotes()];
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => HoMEOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; }

    /// <summary>The groups of tasks, in the order of the meta representations.</summary>
    public IReadOnlyList<TaskGroup> Groups { get; }

    /// <summary>The meta level, or null without hierarchy.</summary>
    public HoMEMetaLayer? Meta => _meta;

    /// <summary>The task level.</summary>
    public HoMETaskLayer Mixture => _mixture;

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        using var mixed = new TensorBuffer(outputs.Length);
        Extract(batch, mixed.Span, null);
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _towers[t].Forward(mixed.Span[t]);
    }

    /// <summary>The meta representations of some rows by the name of their group, and that of all groups under "shared"; <c>[rows, expert width]</c> each. Computed in inference mode, without recording.</summary>
    /// <param name="batch">The rows; labels are not read.</param>
    /// <exception cref="ModelException">The model has no hierarchy.</exception>
    public IReadOnlyDictionary<string, Tensor> GetMetaRepresentation(Batch batch)
    {
        if (_meta is null) throw new ModelException($"{RegistryName}: found a model with hierarchy=false, which has no meta representations; make it with hierarchy=true.");
        using var inference = new InferenceScope(this);
        var streams = new Tensor[Groups.Count + 1];
        _meta.Forward(_embedding.Forward(batch), streams);
        return Groups.Select(group => group.Name).Append(ExpertTrace.SharedName).Zip(streams).ToDictionary(pair => pair.First, pair => pair.Second.Keep(), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyList<GateUse> GateWeights(Batch batch) => Observe(batch, outputs: false).Gates;

    /// <inheritdoc/>
    public ExpertActivity Activity(Batch batch) => Observe(batch, outputs: true);

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts()
    {
        ExpertGroup[] experts = [.. new[] { _meta?.Shared, _mixture.Shared }.OfType<ExpertGroup>(), .. _meta?.Groups ?? [], .. _mixture.Groups, .. _mixture.Tasks];
        IEnumerable<Gate> gates = [.. _meta is null ? [] : _meta.Gates.Append(_meta.SharedGate), .. _mixture.Gates];
        return
        [
            Part("embedding", _embedding),
            .. experts.Select(group => group.FeatureGate).OfType<FeatureGate>().Select(gate => Part("feature gates", gate)),
            .. experts.SelectMany(group => group.Experts).Select(expert => Part("experts", expert)),
            .. gates.Select(gate => Part("gates", gate)),
            .. experts.Select(group => group.SelfGate).OfType<SelfGate>().Select(gate => Part("self gates", gate)),
            .. _towers.Select(tower => Part("towers", tower)),
        ];
    }

    private ExpertActivity Observe(Batch batch, bool outputs)
    {
        using var inference = new InferenceScope(this);
        var trace = new ExpertTrace([.. Tasks.Select(task => task.Name)], [.. Groups.Select(group => group.Name)], outputs);
        Extract(batch, new Tensor[Tasks.Count], trace);
        return trace.Activity;
    }

    private void Extract(Batch batch, Span<Tensor> mixed, ExpertTrace? trace)
    {
        Tensor v = _embedding.Forward(batch);
        using var streams = new TensorBuffer(Groups.Count + 1);
        if (_meta is null) streams.Span.Fill(v);
        else _meta.Forward(v, streams.Span, trace);
        _mixture.Forward(streams.Span, mixed, trace);
    }

    private IEnumerable<string> FindNotes()
    {
        if (_options.Groups.Count == 0) yield return $"{RegistryName}: no groups of tasks were given, so there is one per kind of task ({string.Join(", ", Groups.Select(group => group.Name))}); name those that belong together with groups=...";
        if (_options.Hierarchy && Groups.Count < 2) yield return $"{RegistryName}: there is one group of tasks, so the shared meta representation sees the same experts as that of the group; expected two groups or more, or hierarchy=false.";
        if (!_options.FeatureGate) yield break;
        foreach ((string level, int width) in new[] { ("input", _embedding.Width), ("meta representation", _meta?.Outputs ?? int.MaxValue) })
        {
            if (2L * _options.LoraRank > width) yield return string.Create(CultureInfo.InvariantCulture, $"{RegistryName}: lora-rank={_options.LoraRank} is more than half of the width {width} of the {level}, so a low-rank map has more weights than a full matrix; {Math.Max(1, width / 2)} or less is meant.");
        }
    }
}
