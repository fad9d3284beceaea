using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Deep task-specific bottom representation network (Liu et al. 2023, CIKM): every task reads the behaviour sequences through a transformer
/// conditioned on task and behaviour, and weighs fields and interests by itself (<see cref="DtrnBottom"/>), before towers or experts. All
/// categorical fields, the items of sequences, and the numeric columns together are fields of one width. Children: <c>embedding</c>,
/// <c>positions</c>, <c>bottom</c>, <c>mixtures.0</c> (with experts), <c>towers.0</c>, ...
/// </summary>
/// <example><code>
/// var schema = new FeatureSchema([], [new CategoricalFeature("item", 40)], [new SequenceFeature("clicks", 40, MaxLength: 20, Item: "item")]);
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new Dtrn(schema, tasks, new DtrnOptions { EmbeddingWidth = 16, Head = DtrnHead.Mmoe }, seed: 1);
/// </code></example>
public sealed class Dtrn : TabularModel, IGatedModel
{
    internal const string RegistryName = "dtrn";
    private const float PositionDeviation = 0.01f;

    private readonly DtrnOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly Embedding? _positions;
    private readonly Dropout? _dropout;
    private readonly DtrnBottom _bottom;
    private readonly TaskwiseExperts[] _mixtures;
    private readonly Mlp[] _towers;
    private readonly int _fields;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns, with at least one sequence unless <see cref="DtrnOptions.UseTim"/> is off.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, options contradict each other or the schema, or a task does not say how many classes it has.</exception>
    public Dtrn(FeatureSchema schema, TaskSet tasks, DtrnOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = DtrnOptions.Table.Check(options ?? new DtrnOptions());
        if (_options.Numeric == NumericHandling.Raw && schema.NumericWidth > 0) throw new ModelException($"{RegistryName}: numeric=raw makes no field of the width of the others, expected one-field-linear or per-field-linear.");
        RandomStream random = Initial(seed);
        int width = _options.EmbeddingWidth ?? DtrnOptions.DefaultWidth;
        _embedding = Add("embedding", new FeatureEmbedding(schema, _options.Embedding with { Width = width, Dropout = 0f, SequencePooling = SequencePooling.Mean }, random.Derive("embedding")));
        _fields = schema.Fields.Count + (schema.NumericWidth == 0 ? 0 : _options.Numeric == NumericHandling.PerFieldLinear ? schema.NumericWidth : 1);
        if (_options.EmbeddingDropout > 0f) _dropout = Add("dropout", new Dropout(_options.EmbeddingDropout));
        _bottom = new DtrnBottom(tasks.Count, _fields, [.. schema.Sequences.Select(sequence => sequence.MaxLength)], ItemField(schema, _options.Item), _options, random.Derive("bottom"));
        if (schema.Sequences.Count > 0) _positions = Add("positions", new Embedding(schema.Sequences.Max(sequence => sequence.MaxLength), width, random.Derive("positions"), Initializer.Normal(0f, PositionDeviation)));
        Add("bottom", _bottom);

        // Statistics of a batch would be those of T different inputs, so that the running ones would fit none of them.
        MlpOptions expert = _options.Hidden(_options.ExpertHidden) with { BatchNorm = false };
        _mixtures = new TaskwiseExperts[_options.Head switch { DtrnHead.Mmoe => 1, DtrnHead.Ple => _options.Levels, _ => 0 }];
        int inputs = _bottom.Outputs;
        for (int level = 0; level < _mixtures.Length; level++)
        {
            string name = Numbered("mixtures", level);
            _mixtures[level] = Add(name, new TaskwiseExperts(inputs, tasks.Count, _options.Head == DtrnHead.Ple ? _options.SpecificExperts : 0, _options.Experts, expert, _options.Gate with { BatchNorm = false }, random.Derive(name)));
            inputs = _mixtures[level].Outputs;
        }

        _towers = AddTowers(inputs, _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => DtrnOptions.Table.Write(_options);

    /// <summary>The task-specific part below the head.</summary>
    public DtrnBottom Bottom => _bottom;

    /// <summary>What the refinement weighs, in order: categorical fields, numeric columns, sequences.</summary>
    public IReadOnlyList<string> RefinedFields =>
    [
        .. Schema.Fields.Select(known => known.Name),
        .. Schema.NumericWidth == 0 ? [] : _options.Numeric == NumericHandling.PerFieldLinear ? Schema.NumericNames : ["numeric"],
        .. Schema.Sequences.Select(sequence => sequence.Name),
    ];

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        Represent(batch, outputs, null);
        foreach (TaskwiseExperts mixture in _mixtures) mixture.Forward(outputs, outputs, default);
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _towers[t].Forward(outputs[t]);
    }

    /// <summary>The importance every task gives to every field, computed in inference mode and without recording.</summary>
    /// <param name="batch">The rows; labels are not read.</param>
    /// <returns>Per task <c>[rows, F + M]</c>, in the order of <see cref="RefinedFields"/>, or <c>[rows, (F + M) e]</c> with a weight per element; empty without the refinement module.</returns>
    public IReadOnlyList<Tensor> GetRefineWeights(Batch batch) => Trace(batch).RefineWeights;

    /// <summary>How much every item of every sequence counts for the target item, computed in inference mode and without recording.</summary>
    /// <param name="batch">The rows; labels are not read.</param>
    /// <returns>Per task and sequence <c>[rows, longest length]</c>; rows sum to 1, those of an empty sequence to 0.</returns>
    public IReadOnlyList<IReadOnlyList<Tensor>> GetTargetAttention(Batch batch) => Schema.Sequences.Count == 0 ? [.. Tasks.Select(_ => Array.Empty<Tensor>())] : Trace(batch).Attention;

    /// <inheritdoc/>
    public IReadOnlyList<GateUse> GateWeights(Batch batch)
    {
        using var inference = new InferenceScope(this);
        Tensor[] streams = new Tensor[Tasks.Count], weights = new Tensor[Tasks.Count];
        Represent(batch, streams, null);
        var uses = new List<GateUse>();
        for (int level = 0; level < _mixtures.Length; level++)
        {
            _mixtures[level].Forward(streams, streams, weights);
            for (int t = 0; t < streams.Length; t++) uses.Add(new GateUse(level, Tasks[t].Name, ExpertsOf(_mixtures[level], t), weights[t].Keep()));
        }

        return uses;
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts()
    {
        yield return Part("embedding", _embedding);
        if (_positions is not null) yield return Part("positions", _positions);
        yield return Part("bottom", _bottom);
        foreach (TaskwiseExperts mixture in _mixtures) yield return Part("experts", mixture);
        foreach (Mlp tower in _towers) yield return Part("towers", tower);
    }

    /// <summary>The number of the target item among the categorical fields.</summary>
    private static int ItemField(FeatureSchema schema, string named)
    {
        string[] names = [.. schema.Fields.Select(field => field.Name)];
        if (named.Length > 0)
        {
            int at = Array.IndexOf(names, named);
            return at >= 0 ? at : throw new ModelException($"{RegistryName}: item={named} is no categorical field{NearestName.Hint(named, names)}; known: {string.Join(", ", names)}.");
        }

        if (schema.Sequences.Count == 0) return 0;
        string[] shared = [.. schema.Sequences.Select(sequence => sequence.Item).OfType<string>().Distinct(StringComparer.Ordinal)];
        return shared is [string item] ? Array.IndexOf(names, item) : throw new ModelException($"{RegistryName}: the target item is not named, as the sequences do not hold ids of one field; set item to one of {(names.Length == 0 ? "the categorical fields, of which there is none yet" : string.Join(", ", names))}.");
    }

    private string[] ExpertsOf(TaskwiseExperts mixture, int task)
        => [.. Enumerable.Range(0, mixture.Specific).Select(e => Numbered(Tasks[task].Name, e)), .. Enumerable.Range(0, mixture.Shared).Select(e => Numbered("shared", e))];

    private DtrnTrace Trace(Batch batch)
    {
        using var inference = new InferenceScope(this);
        var trace = new DtrnTrace(Tasks.Count);
        Represent(batch, new Tensor[Tasks.Count], trace);
        return trace;
    }

    private void Represent(Batch batch, Span<Tensor> outputs, DtrnTrace? trace)
    {
        int behaviours = Schema.Sequences.Count;
        Tensor fields = _fields == 0 ? Tensor.Zeros(batch.Rows, 0, _bottom.Width) : _embedding.Fields(batch).Reshape(batch.Rows, _fields, _bottom.Width);
        using var sequences = new TensorBuffer(behaviours);
        using var masks = new TensorBuffer(behaviours);
        for (int m = 0; m < behaviours; m++)
        {
            sequences.Span[m] = _embedding.List(batch, m) + _positions!.Weight.Value.Slice(0, 0, Schema.Sequences[m].MaxLength);
            masks.Span[m] = _embedding.Mask(batch, m);
        }

        _bottom.Forward(_dropout is null ? fields : _dropout.Forward(fields), sequences.Span, masks.Span, outputs, trace);
    }
}
