using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>How columns become the input of a network.</summary>
public sealed record FeatureEmbeddingOptions
{
    /// <summary>Width of a numeric column's (or all columns') linear map when no width is given.</summary>
    public const int AutomaticNumericWidth = 16;

    /// <summary>
    /// Width of every field's vector; null chooses by <see cref="FeatureEmbedding.WidthFor"/>; 0 uses no tables: categories enter as
    /// indicators (one input per id) and numbers as they are. Default: null.
    /// </summary>
    public int? Width { get; init; }

    /// <summary>How numeric columns enter. Default: as they are.</summary>
    public NumericHandling Numeric { get; init; } = NumericHandling.Raw;

    /// <summary>Fewest ids from which a field's table is trained only where a step touches it (<see cref="RowWindow"/>); 0 trains all tables as a whole. Default: 100,000.</summary>
    public int SparseFrom { get; init; } = 100_000;

    /// <summary>How a list of ids becomes one vector. Default: the mean of its items.</summary>
    public SequencePooling SequencePooling { get; init; } = SequencePooling.Mean;

    /// <summary>Dropout rate on x, in [0, 1). Default: 0.</summary>
    public float Dropout { get; init; }

    /// <summary>Draws the tables; null for N(0, 1). Default: Xavier-uniform.</summary>
    public Initializer? TableInitializer { get; init; } = Initializer.XavierUniform();

    /// <summary>Draws the linear maps of numeric columns; null for U(-1/sqrt(in), 1/sqrt(in)).</summary>
    public Initializer? Initializer { get; init; }
}
