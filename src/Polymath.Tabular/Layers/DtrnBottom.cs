using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The task-specific bottom representations of DTRN (Liu et al. 2023) on embedded fields and behaviour sequences. The interest module (TIM)
/// reads every sequence m for every task i with one transformer whose layer normalisations a hypernetwork makes of (task i, behaviour m), and
/// asks it about the target item; the refinement module (TRM) weighs the fields and interests of every task. Children: <c>tasks.0</c>,
/// <c>behaviours.0</c> (condition vectors), <c>hyper</c>, <c>encoder</c>, <c>interest</c>, <c>refinement.0</c>, ...
/// </summary>
/// <remarks>
/// Everything the tasks have in common runs once: the self-attention of the first layer, and the query of the target item. The
/// conditions do not depend on the rows, so there are T M of them in a step.
/// </remarks>
/// <example><code>
/// var random = new RandomStream(1);
/// var bottom = new DtrnBottom(tasks: 2, fields: 3, lengths: [5], item: 0, new DtrnOptions { EmbeddingWidth = 4 }, random);
/// Tensor fields = Tensor.Normal(random, new Shape(8, 3, 4)), clicks = Tensor.Normal(random, new Shape(8, 5, 4));
/// Tensor[] x = new Tensor[2];
/// bottom.Forward(fields, [clicks], [Tensor.Ones(8, 5)], x);   // [8, 16] each: three fields and one interest
/// </code></example>
public sealed class DtrnBottom : Module
{
    private readonly Embedding[] _tasks, _behaviours;
    private readonly HyperNetwork? _hyper;
    private readonly ConditionalTransformerEncoder? _encoder;
    private readonly TargetAttention? _interest;
    private readonly FeatureRefinement[] _refinement;
    private readonly int[] _lengths;
    private readonly int _taskCount, _fields, _item;

    /// <summary>Bottom representations.</summary>
    /// <param name="tasks">T, at least 1.</param>
    /// <param name="fields">F, at least 1 when there are sequences.</param>
    /// <param name="lengths">The longest length of each of M sequences.</param>
    /// <param name="item">Which field is the target item; not used without sequences.</param>
    /// <param name="options">Sizes and switches.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <exception cref="ModelException">Options that contradict each other or the inputs.</exception>
    public DtrnBottom(int tasks, int fields, IReadOnlyList<int> lengths, int item, DtrnOptions options, RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(random);
        options = DtrnOptions.Table.Check(options);
        _lengths = [.. lengths];
        Width = options.EmbeddingWidth ?? DtrnOptions.DefaultWidth;
        if (Width % options.Heads != 0) throw new ModelException($"{Dtrn.RegistryName}: heads={options.Heads} does not divide embedding-width={Width}, expected a divisor of it.");
        if (options.UseTim && _lengths.Length == 0) throw new ModelException($"{Dtrn.RegistryName}: found no sequence of items for the interest module, expected at least one; name a column of lists with --sequence (a SequenceFeature in code), or set use-tim=false.");
        if (_lengths.Length > 0) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)item, (uint)fields, nameof(item));
        (_taskCount, _fields, _item) = (tasks, fields, item);
        _tasks = _lengths.Length > 0 && options.UseTim ? Conditions("tasks", tasks) : [];
        _behaviours = Conditions("behaviours", _lengths.Length);
        if (_lengths.Length > 0)
        {
            int condition = (_tasks.Length > 0 ? 2 : 1) * options.ConditionWidth;
            _hyper = Add("hyper", new HyperNetwork(condition, options.HyperHidden, options.Layers, Width, options.ScaleMode, random.Derive("hyper")));
            _encoder = Add("encoder", new ConditionalTransformerEncoder(Width, options.Heads, options.Layers, options.FeedForward ?? (DtrnOptions.FeedForwardFactor * Width), options.ScaleMode, random.Derive("encoder")));
            _interest = Add("interest", new TargetAttention(Width, random.Derive("interest")));
        }

        int all = fields + _lengths.Length;
        Outputs = all * Width;
        int hidden = options.RefineHidden ?? Math.Max(1, Outputs / DtrnOptions.RefineReduction);
        _refinement = [.. Enumerable.Range(0, options.UseTrm ? tasks : 0).Select(t => TabularModel.Numbered("refinement", t)).Select(name => Add(name, new FeatureRefinement(all, Width, hidden, random.Derive(name), options.RefineGranularity, options.Squeeze, options.RefineScale)))];

        Embedding[] Conditions(string name, int count)
            => [.. Enumerable.Range(0, count).Select(i => TabularModel.Numbered(name, i)).Select(child => Add(child, new Embedding(1, options.ConditionWidth, random.Derive(child))))];
    }

    /// <summary>e, the width of a field, an item and an interest.</summary>
    public int Width { get; }

    /// <summary>Width of every representation, (F + M) e.</summary>
    public int Outputs { get; }

    /// <summary>Of the maps at every position of every sequence, for every task where they differ; the products between positions are not counted.</summary>
    public override long FlopsPerRow
    {
        get
        {
            long refinement = _refinement.Sum(module => module.FlopsPerRow);
            if (_encoder is null) return refinement;
            long shared = _encoder.Layers[0].Attention.FlopsPerRow, conditions = Math.Max(1, _tasks.Length), positions = _lengths.Sum();
            return refinement + (positions * (shared + (conditions * (_encoder.FlopsPerRow - shared)))) + _interest!.FlopsPerRow;
        }
    }

    /// <summary>The representation of every task.</summary>
    /// <param name="fields">Shape <c>[rows, F, e]</c>.</param>
    /// <param name="sequences">M sequences, <c>[rows, length, e]</c> each.</param>
    /// <param name="masks">M masks, <c>[rows, length]</c> each, 1 where there is an item and 0 where there is padding.</param>
    /// <param name="outputs">Receives T tensors <c>[rows, (F + M) e]</c>.</param>
    public void Forward(Tensor fields, ReadOnlySpan<Tensor> sequences, ReadOnlySpan<Tensor> masks, Span<Tensor> outputs) => Forward(fields, sequences, masks, outputs, null);

    /// <summary>The representation of every task, and how it came about.</summary>
    internal void Forward(Tensor fields, ReadOnlySpan<Tensor> sequences, ReadOnlySpan<Tensor> masks, Span<Tensor> outputs, DtrnTrace? trace)
    {
        int behaviours = _lengths.Length, rows = fields.Shape[0];
        if (fields.Shape.Rank != 3 || fields.Shape[1] != _fields || fields.Shape[2] != Width) throw new TensorException($"DtrnBottom: found fields {fields.Shape}, expected [rows, {_fields}, {Width}].");
        if (sequences.Length != behaviours || masks.Length != behaviours) throw new TensorException($"DtrnBottom: found {sequences.Length} sequences and {masks.Length} masks, expected {behaviours} each.");
        if (outputs.Length != _taskCount) throw new TensorException($"DtrnBottom: found room for {outputs.Length} outputs, expected {_taskCount} (one per task).");
        using var attended = new TensorBuffer(behaviours);
        using var any = new TensorBuffer(behaviours);
        using var parts = new TensorBuffer(1 + behaviours);
        Tensor query = default;
        if (behaviours > 0) query = _interest!.Query(fields.Select(1, _item));
        for (int m = 0; m < behaviours; m++)
        {
            if (masks[m].Shape != new Shape(rows, sequences[m].Shape[1])) throw new TensorException($"DtrnBottom: found mask {masks[m].Shape} for sequence {m} of shape {sequences[m].Shape}, expected [{rows}, {sequences[m].Shape[1]}].");
            attended.Span[m] = _encoder!.Attend(sequences[m], masks[m]);
            any.Span[m] = TargetAttention.AnyOf(masks[m]);
        }

        parts.Span[0] = fields;
        Tensor all = fields;
        for (int t = 0; t < _taskCount; t++)
        {
            // Without task conditions the interests of the first task are those of all.
            bool own = _tasks.Length > 0 || t == 0;
            for (int m = 0; own && m < behaviours; m++)
            {
                Tensor behaviour = _behaviours[m].Weight.Value, condition = _tasks.Length > 0 ? Tensor.Concat([_tasks[t].Weight.Value, behaviour], 1) : behaviour;
                Tensor list = _encoder!.Forward(sequences[m], attended.Span[m], masks[m], _hyper!.Forward(condition)), interest = _interest!.Attend(query, list, masks[m], any.Span[m]);
                parts.Span[1 + m] = interest.Reshape(rows, 1, Width);
                trace?.Add(t, m, interest, _interest.Weights(query, list, masks[m]));
            }

            if (own && behaviours > 0) all = Tensor.Concat(parts.Span, 1);
            Tensor refined = all;
            if (_refinement.Length > 0)
            {
                Tensor weights = _refinement[t].Weights(all);
                refined = _refinement[t].Apply(all, weights);
                trace?.Add(t, weights);
            }

            outputs[t] = refined.Reshape(rows, Outputs);
        }
    }
}
