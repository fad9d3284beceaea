namespace Polymath.Data.Sources;

/// <summary>One forward pass over the rows of a source; fields are texts.</summary>
internal abstract class RowReader : IDisposable
{
    /// <summary>Column names in order.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>"line" or "row": the word that goes before <see cref="Position"/> in messages.</summary>
    public abstract string PositionWord { get; }

    /// <summary>1-based line (text) or row (query) of the current row.</summary>
    public abstract long Position { get; }

    /// <summary>Moves to the next row; false at the end.</summary>
    public abstract bool Read();

    /// <summary>The field of the current row, or null when the source itself says it has no value.</summary>
    public abstract string? Field(int column);

    /// <inheritdoc/>
    public abstract void Dispose();
}
