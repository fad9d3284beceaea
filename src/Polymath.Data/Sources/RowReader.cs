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

    /// <summary>The line whose fields were taken for the names without being told so; null when there is none.</summary>
    public virtual long? GuessedHeader => null;

    /// <summary>About how many rows follow the current one; null when the source does not tell. A guess: it only sizes buffers.</summary>
    public virtual long? Remaining => null;

    /// <summary>Moves to the next row; false at the end.</summary>
    public abstract bool Read();

    /// <summary>The field of the current row; false when the source itself says it has no value.</summary>
    /// <param name="column">Position in <see cref="Names"/>.</param>
    /// <param name="text">The text, valid until the next call of any member.</param>
    public abstract bool TryField(int column, out ReadOnlySpan<char> text);

    /// <inheritdoc/>
    public abstract void Dispose();
}
