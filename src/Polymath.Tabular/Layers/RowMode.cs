namespace Polymath.Tabular;

/// <summary>What the row layer of a block does with the rows of a batch.</summary>
public enum RowMode
{
    /// <summary>
    /// Every row sees only itself: the value and output maps. This is what the official code computes with rope=true, since its module reads a
    /// batch as sequences of length one. Predictions do not depend on the batch.
    /// </summary>
    ValueOnly,

    /// <summary>Rows attend to each other (official rope=false): a prediction depends on the rows around it.</summary>
    Attention,

    /// <summary>The same with rotary positions by the order of rows, as the paper describes it.</summary>
    RopeAttention,
}
