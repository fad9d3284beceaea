using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>The sizes of a <see cref="TransformerEncoderLayer"/>.</summary>
public sealed record TransformerEncoderLayerOptions
{
    /// <summary>Width of every position; a multiple of <see cref="Heads"/>.</summary>
    public required int Width { get; init; }

    /// <summary>Number of heads, at least 1. Default: 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of the hidden layer of the feed-forward part, at least 1. Default: 256.</summary>
    public int FeedForward { get; init; } = 256;

    /// <summary>Dropout rate behind the attention and inside the feed-forward part, in [0, 1). Default: 0.</summary>
    public float Dropout { get; init; }

    /// <summary>Dropout rate on the attention weights, in [0, 1). Default: 0.</summary>
    public float AttentionDropout { get; init; }

    /// <summary>Whether the first dropout acts on what the layer was given instead of on the attention, as in the official TabTransformer. Default: no.</summary>
    public bool DropsInput { get; init; }

    /// <summary>How positions see each other. Default: <see cref="RowMode.Attention"/>.</summary>
    public RowMode Mode { get; init; } = RowMode.Attention;

    /// <summary>Draws the linear maps, their biases are then 0; null for U(-1/sqrt(in), 1/sqrt(in)). The packed map of <see cref="RowMode.Attention"/> is always Xavier-uniform.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>Positions that one row of a table becomes, for <see cref="Module.FlopsPerRow"/>. Default: 1.</summary>
    public int PositionsPerRow { get; init; } = 1;
}
