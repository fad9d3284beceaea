using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>
/// Options of the models that turn every column into a token. Other defaults than those of <see cref="TabularOptions"/>: the embedding width is
/// the one width of all tokens, 16; weights are drawn as MultiTab does; batch normalisation, off, is that of the towers.
/// </summary>
public abstract record TokenOptions : TabularOptions
{
    private const int DefaultWidth = 16, MostBlocks = 64, MostHeads = 1024;

    /// <summary>The defaults.</summary>
    protected TokenOptions()
    {
        EmbeddingWidth = DefaultWidth;
        BatchNorm = false;
        Convention = MlpConvention.MultiTab;
    }

    /// <summary>N, the number of blocks, at least 1. Default: 1.</summary>
    public int Blocks { get; init; } = 1;

    /// <summary>Heads of every attention; divides the token width. Default: 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the hidden layer of every feed-forward part. Default: 256.</summary>
    public int FeedForward { get; init; } = 256;

    /// <summary>Dropout rate on the tokens, behind every attention and in the feed-forward parts, in [0, 1). Default: 0.</summary>
    public float FeedForwardDropout { get; init; }

    /// <summary>Dropout rate on attention weights, in [0, 1). Default: 0.</summary>
    public float AttentionDropout { get; init; }

    /// <summary>e.</summary>
    internal int TokenWidth => EmbeddingWidth ?? DefaultWidth;

    /// <summary>Draws tokens and the linear maps of the layers.</summary>
    internal Initializer? LayerInitializer => Preset.Initializer;

    /// <summary>A layer over columns.</summary>
    /// <param name="tokens">Number of tokens.</param>
    internal TransformerEncoderLayerOptions ColumnLayer(int tokens) => new()
    {
        Width = TokenWidth,
        Heads = Heads,
        FeedForward = FeedForward,
        Dropout = FeedForwardDropout,
        AttentionDropout = AttentionDropout,
        Initializer = LayerInitializer,
        PositionsPerRow = tokens,
    };

    /// <summary>A layer over rows: all tokens of a row are one position.</summary>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="mode">What rows see of each other.</param>
    internal TransformerEncoderLayerOptions RowLayer(int tokens, RowMode mode) => ColumnLayer(tokens) with { Width = tokens * TokenWidth, Mode = mode, PositionsPerRow = 1 };

    /// <summary>Throws for what the option table cannot see.</summary>
    /// <param name="model">Registry name.</param>
    /// <exception cref="ModelException">The width of tokens does not divide into the heads, or an option has no meaning here.</exception>
    internal void Require(string model)
    {
        if (TokenWidth % Heads != 0) throw new ModelException($"{model}: embedding-width={TokenWidth} does not divide into heads={Heads}, expected a multiple.");
        if (Numeric != NumericHandling.Raw || EmbeddingDropout != 0f) throw new ModelException($"{model}: every numeric column becomes a token by a linear map of its own, expected Numeric and EmbeddingDropout as they are; dropout on tokens is FeedForwardDropout.");
    }

    /// <summary>Appends the options that all these models share.</summary>
    internal static OptionTable<T> Tokens<T>(OptionTable<T> table)
        where T : TokenOptions
        => table
            .Integer("blocks", 1, MostBlocks, o => o.Blocks, (o, v) => o with { Blocks = v }, "Number of blocks.")
            .Integer("embedding-width", 1, WidestTable, o => o.TokenWidth, (o, v) => o with { EmbeddingWidth = v }, "Width of every token; a multiple of the heads.")
            .Choice("sequence-pooling", o => o.SequencePooling, (o, v) => o with { SequencePooling = v }, "How a list of ids becomes one token: the mean or sum of its items, or a sum weighted by attention to the row's own item (DIN).")
            .Integer("heads", 1, MostHeads, o => o.Heads, (o, v) => o with { Heads = v }, "Heads of every attention.")
            .Integer("feed-forward", 1, WidestLayer, o => o.FeedForward, (o, v) => o with { FeedForward = v }, "Width of the hidden layer of every feed-forward part.")
            .Number("ff-dropout", 0, 0.99, o => o.FeedForwardDropout, (o, v) => o with { FeedForwardDropout = v }, "Dropout rate on tokens, behind attention and in the feed-forward parts.")
            .Number("attention-dropout", 0, 0.99, o => o.AttentionDropout, (o, v) => o with { AttentionDropout = v }, "Dropout rate on attention weights.")
            .Integers("tower-hidden", 1, WidestLayer, true, o => o.TowerHidden, (o, v) => o with { TowerHidden = v }, "Widths of the hidden layers of every task's tower.")
            .Flag("batch-norm", o => o.BatchNorm, (o, v) => o with { BatchNorm = v }, "Batch normalisation in hidden layers of towers.")
            .Number("dropout", 0, 0.99, o => o.Dropout, (o, v) => o with { Dropout = v }, "Dropout rate after every hidden layer of towers.")
            .Choice("activation", o => o.Activation, (o, v) => o with { Activation = v }, "Nonlinearity of hidden layers of towers.")
            .Choice("convention", o => o.Convention, (o, v) => o with { Convention = v }, "How weights are first drawn, after a published library.");
}
