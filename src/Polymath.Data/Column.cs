namespace Polymath.Data;

/// <summary>One named column of a <see cref="Table"/>: <see cref="NumericColumn"/>, <see cref="CategoricalColumn"/> or <see cref="DateColumn"/>.</summary>
public abstract class Column
{
    private protected Column(string name) => Name = name;

    /// <summary>Name, unique in its table.</summary>
    public string Name { get; }

    /// <summary>What the column holds.</summary>
    public abstract ColumnKind Kind { get; }

    /// <summary>How many rows it has.</summary>
    public abstract int Rows { get; }

    /// <summary>True when the row has no value.</summary>
    public abstract bool IsMissing(int row);

    /// <summary>The value as invariant text (floats round-trip), or null when missing.</summary>
    public abstract string? Text(int row);

    /// <summary>A column with the given rows, in the given order.</summary>
    public abstract Column Take(ReadOnlySpan<int> rows);

    /// <summary>How many rows have no value.</summary>
    public int CountMissing()
    {
        int missing = 0;
        for (int row = 0; row < Rows; row++) if (IsMissing(row)) missing++;
        return missing;
    }
}
