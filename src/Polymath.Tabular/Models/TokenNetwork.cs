using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>The network of one task over tokens: a token of the task and one of every column, blocks, and a tower on the first token.</summary>
internal sealed class TokenNetwork : Module
{
    private readonly Dropout? _dropout;

    public TokenNetwork(FeatureSchema schema, Target task, TokenOptions options, RowMode? rows, int group, RandomStream random)
    {
        Tokenizer = Add("tokenizer", new FeatureTokenizer(schema, options.TokenWidth, tokens: 1, options.LayerInitializer, random.Derive("tokenizer"), options.SequencePooling));
        if (options.FeedForwardDropout != 0f) _dropout = Add("dropout", new Dropout(options.FeedForwardDropout));
        int tokens = Tokenizer.Count;
        Blocks = new TokenBlock[options.Blocks];
        for (int b = 0; b < Blocks.Length; b++)
        {
            string name = TabularModel.Numbered("blocks", b);
            Blocks[b] = Add(name, new TokenBlock(options.ColumnLayer(tokens), rows is { } mode ? options.RowLayer(tokens, mode) : null, group, random.Derive(name)));
        }

        Tower = Add("tower", new Mlp(options.TokenWidth, options.Tower(task), random.Derive("tower")));
    }

    public FeatureTokenizer Tokenizer { get; }

    public TokenBlock[] Blocks { get; }

    public Mlp Tower { get; }

    /// <summary>For the table of sizes.</summary>
    public static IEnumerable<KeyValuePair<string, Module>> Parts(IReadOnlyList<TokenNetwork> networks) =>
    [
        .. networks.Select(network => TabularModel.Part("tokenizers", network.Tokenizer)), .. TokenBlock.Parts(networks.SelectMany(network => network.Blocks)),
        .. networks.Select(network => TabularModel.Part("towers", network.Tower)),
    ];

    public Tensor Forward(Batch batch)
    {
        Tensor tokens = Tokenizer.Forward(batch);
        if (_dropout is not null) tokens = _dropout.Forward(tokens);
        for (int b = 0; b < Blocks.Length - 1; b++) tokens = Blocks[b].Forward(tokens, default);
        return Tower.Forward(Blocks[^1].ForwardFirst(tokens, default, 1).Select(1, 0));
    }
}
