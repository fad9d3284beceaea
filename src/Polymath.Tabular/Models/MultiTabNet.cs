using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// MultiTab-Net (Sinodinos, Wei, Armanfard, "MultiTab: A Scalable Foundation for Multitask Learning on Tabular Data", AAAI 2026; official code
/// Armanfard-Lab/MultiTab models/mtt.py): every column is a token, every task has one of its own, blocks attend over columns under a mask and
/// then over rows, and the tower of a task reads its token. Children: <c>tokenizer</c>, <c>blocks.0</c> (<c>columns</c>, <c>rows.layer</c>), ...,
/// <c>towers.0</c>, ...
/// </summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// var model = new MultiTabNet(FeatureSchema.Numeric(6), tasks, new MultiTabNetOptions { FeedForward = 64 }, seed: 1);
/// </code></example>
public sealed class MultiTabNet : TabularModel
{
    internal const string RegistryName = "multitab-net";

    private readonly MultiTabNetOptions _options;
    private readonly FeatureTokenizer _tokenizer;
    private readonly TokenBlock[] _blocks;
    private readonly Mlp[] _towers;
    private readonly Dropout? _dropout;
    private readonly Tensor _mask;

    /// <summary>A model.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">Sizes; null for the defaults.</param>
    /// <param name="seed">Key of the first weights.</param>
    /// <exception cref="ModelException">An option is out of range, or a list of ids cannot be pooled.</exception>
    public MultiTabNet(FeatureSchema schema, TaskSet tasks, MultiTabNetOptions? options = null, ulong seed = 0)
        : base(schema, tasks)
    {
        _options = MultiTabNetOptions.Table.Check(options ?? new MultiTabNetOptions());
        _options.Require(RegistryName);
        RandomStream random = Initial(seed);
        _tokenizer = Add("tokenizer", new FeatureTokenizer(schema, _options.TokenWidth, TaskTokens, _options.LayerInitializer, random.Derive("tokenizer"), _options.SequencePooling));
        if (_options.FeedForwardDropout != 0f) _dropout = Add("dropout", new Dropout(_options.FeedForwardDropout));
        int tokens = _tokenizer.Count;
        _mask = _options.Mask == TaskMask.None ? default : TaskMasks.Create(tokens, TaskTokens, _options.Mask).Keep();
        TransformerEncoderLayerOptions? rows = _options.Attention == AttentionKind.RowColumn ? _options.RowLayer(tokens, _options.RowMode) : null;
        _blocks = new TokenBlock[_options.Blocks];
        for (int b = 0; b < _blocks.Length; b++)
        {
            string name = Numbered("blocks", b);
            _blocks[b] = Add(name, new TokenBlock(_options.ColumnLayer(tokens), rows, _options.RowGroup, random.Derive(name)));
        }

        _towers = AddTowers(_options.TokenWidth, _options, random);
    }

    /// <inheritdoc/>
    public override string Name => RegistryName;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> OptionValues => MultiTabNetOptions.Table.Write(_options);

    /// <inheritdoc/>
    public override bool RowsInteract => _options is { Attention: AttentionKind.RowColumn, RowMode: not RowMode.ValueOnly };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes =>
    [
        .. !_options.MultiToken && _options.Mask is TaskMask.TaskToTask or TaskMask.Both ? (string[])[$"{Name}: with multi-token=false one token serves all tasks, so a mask between task tokens has no effect."] : [],
        .. RowEncoder.Notes(Name, RowsInteract, _options.RowGroup, _blocks, _tokenizer),
    ];

    /// <summary>What the tokens stand for, in the order of <see cref="GetAttention"/>: the tasks, then the categorical fields, the numeric columns and the lists of ids.</summary>
    public IReadOnlyList<string> TokenNames => [.. _options.MultiToken ? Tasks.Select(task => task.Name) : ["all tasks"], .. _tokenizer.Names.Skip(TaskTokens)];

    private int TaskTokens => _options.MultiToken ? Tasks.Count : 1;

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        RequireOutputs(outputs);

        // Towers read the task tokens alone, so the last block computes nothing else.
        Tensor read = Share(_blocks[^1].ForwardFirst(Encode(batch, _blocks.Length - 1), _mask, TaskTokens));
        for (int t = 0; t < outputs.Length; t++) outputs[t] = _towers[t].Forward(read.Select(1, _options.MultiToken ? t : 0));
    }

    /// <summary>How much every token looks at every other in the attention over columns, in inference.</summary>
    /// <param name="batch">Rows that fit the schema.</param>
    /// <param name="block">Which block, in [0, blocks).</param>
    /// <returns>Shape <c>[rows, heads, tokens, tokens]</c> (query, key) in the order of <see cref="TokenNames"/>; every row of the last axis sums to 1.</returns>
    /// <exception cref="ModelException">The batch does not fit the schema.</exception>
    public Tensor GetAttention(Batch batch, int block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, _blocks.Length);
        using var scope = new InferenceScope(this);
        return _blocks[block].Columns.AttentionWeights(Encode(batch, block), _mask).Keep();
    }

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Module>> Parts() =>
    [
        Part("tokenizer", _tokenizer), .. TokenBlock.Parts(_blocks), .. _towers.Select(tower => Part("towers", tower)),
    ];

    private Tensor Encode(Batch batch, int blocks)
    {
        Tensor tokens = _tokenizer.Forward(batch);
        if (_dropout is not null) tokens = _dropout.Forward(tokens);
        for (int b = 0; b < blocks; b++) tokens = _blocks[b].Forward(tokens, _mask);
        return tokens;
    }
}
