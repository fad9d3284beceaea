namespace Polymath.Merging.Sources;

/// <summary>The top-left block of a matrix: what an embedding with more rows or columns has in common with a smaller one.</summary>
public sealed class CroppedTensor : SourceTensor
{
    private readonly SourceTensor _inner;

    /// <summary>The first rows and columns of a matrix.</summary>
    /// <param name="inner">A matrix with at least as many rows and columns.</param>
    /// <param name="rows">Rows to keep.</param>
    /// <param name="columns">Columns to keep.</param>
    /// <exception cref="ArgumentException">The tensor is no matrix, or too small.</exception>
    public CroppedTensor(SourceTensor inner, long rows, long columns)
        : base((inner ?? throw new ArgumentNullException(nameof(inner))).Name, inner.Type, [rows, columns])
    {
        if (inner.Shape.Count != 2 || inner.Shape[0] < rows || inner.Shape[1] < columns) throw new ArgumentException($"tensor {inner} holds no block of {rows} rows and {columns} columns.", nameof(inner));
        _inner = inner;
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<float> destination)
    {
        long columns = Shape[1], wide = _inner.Shape[1];
        if (columns == wide)
        {
            _inner.Read(start, destination);
            return;
        }

        while (!destination.IsEmpty)
        {
            long row = start / columns, column = start % columns;
            int count = (int)Math.Min(destination.Length, columns - column);
            _inner.Read((row * wide) + column, destination[..count]);
            destination = destination[count..];
            start += count;
        }
    }
}
