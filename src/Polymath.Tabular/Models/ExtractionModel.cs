using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// What <see cref="Cgc"/> and <see cref="Ple"/> have in common: CGC layers on top of each other, then one tower per task. Children:
/// <c>embedding</c>, <c>levels.0</c> (<see cref="CgcLayer"/>), ..., <c>towers.0</c>, ...
/// </summary>
public abstract class ExtractionModel : TabularModel, IGatedModel
{
    private readonly CgcOptions _options;
    private readonly FeatureEmbedding _embedding;
    private readonly CgcLayer[] _levels;
    private readonly Mlp[] _towers;

    private protected ExtractionModel(string name, FeatureSchema schema, TaskSet tasks, CgcOptions options, IReadOnlyList<IReadOnlyList<int>> expertsByLevel, ulong seed)
        : base(schema, tasks)
    {
        _options = options;
        bool toTower = options.TowerInput == TowerInput.TaskAndShared;
        IReadOnlyList<int> specific = options.ExpertsOf(name, tasks.Count);
        RandomStream random = Initial(seed);
        _embedding = Add("embedding", new FeatureEmbedding(schema, options.Embedding, random.Derive("embedding")));
        _levels = new CgcLayer[expertsByLevel.Count];
        int width = _embedding.Width;
        for (int level = 0; level < _levels.Length; level++)
        {
            string child = Numbered("levels", level);
            var layer = new CgcLayerOptions
            {
                SpecificExperts = specific,
                SharedExperts = options.SharedExperts,
                Expert = options.Hidden(expertsByLevel[level]),
                Gate = options.Gate,
                Order = options.GateOrder,
                SharedGateView = options.SharedGateView,
                SharedGate = toTower || level < _levels.Length - 1,
            };
            _levels[level] = Add(child, new CgcLayer(width, layer, random.Derive(child)));
            width = _levels[level].Outputs;
        }

        _towers = AddTowers(toTower ? 2 * width : width, options, random);
    }

    /// <summary>The CGC layers.</summary>
    public IReadOnlyList<CgcLayer> Levels => _levels;

    /// <inheritdoc/>
    public sealed override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);
        int tasks = outputs.Length;
        using var streams = new TensorBuffer(tasks + 1);
        Extract(batch, streams.Span, null);
        for (int t = 0; t < tasks; t++)
        {
            Tensor z = streams.Span[t];
            outputs[t] = _towers[t].Forward(_options.TowerInput == TowerInput.TaskAndShared ? Tensor.Concat([z, streams.Span[tasks]], 1) : z);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<GateUse> GateWeights(Batch batch)
    {
        using var inference = new InferenceScope(this);
        var uses = new List<GateUse>();
        Extract(batch, new Tensor[Tasks.Count + 1], uses);
        return uses;
    }

    /// <inheritdoc/>
    protected sealed override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        Part("embedding", _embedding),
        .. _levels.SelectMany(level => level.Specific.SelectMany(experts => experts)).Select(expert => Part("specific experts", expert)),
        .. _levels.SelectMany(level => level.Shared).Select(expert => Part("shared experts", expert)),
        .. _levels.SelectMany(level => level.SharedGate is { } shared ? [.. level.Gates, shared] : level.Gates).Select(gate => Part("gates", gate)),
        .. _towers.Select(tower => Part("towers", tower)),
    ];

    /// <summary>Runs all levels; the streams end as z_1, ..., z_T and, when the last level has a shared gate, z_s.</summary>
    private void Extract(Batch batch, Span<Tensor> streams, List<GateUse>? uses)
    {
        streams.Fill(_embedding.Forward(batch));
        using var next = new TensorBuffer(streams.Length);
        using var weights = new TensorBuffer(streams.Length);
        for (int level = 0; level < _levels.Length; level++)
        {
            int count = _levels[level].SharedGate is null ? streams.Length - 1 : streams.Length;
            _levels[level].Forward(streams, next.Span[..count], uses is null ? default : weights.Span[..count]);
            next.Span[..count].CopyTo(streams);
            for (int stream = 0; uses is not null && stream < count; stream++) uses.Add(new GateUse(level, stream < Tasks.Count ? Tasks[stream].Name : null, ExpertNames(_levels[level], stream), weights.Span[stream].Keep()));
        }
    }

    private string[] ExpertNames(CgcLayer level, int stream)
    {
        string[] shared = [.. level.Shared.Select((_, e) => Numbered("shared", e))];
        if (stream == Tasks.Count) return _options.SharedGateView == SharedGateView.SharedExperts ? shared : [.. Tasks.SelectMany((_, t) => Own(t)), .. shared];
        return _options.GateOrder == GateOrder.SpecificFirst ? [.. Own(stream), .. shared] : [.. shared, .. Own(stream)];

        IEnumerable<string> Own(int task) => level.Specific[task].Select((_, e) => Numbered(Tasks[task].Name, e));
    }
}
