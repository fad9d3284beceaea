namespace Polymath.Tabular;

/// <summary>What the layers of a block attend over.</summary>
public enum AttentionKind
{
    /// <summary>The columns of a row.</summary>
    Column,

    /// <summary>The columns of a row, then the rows of the batch.</summary>
    RowColumn,
}
