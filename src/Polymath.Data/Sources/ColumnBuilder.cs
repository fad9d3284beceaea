namespace Polymath.Data.Sources;

/// <summary>Collects one column while rows stream past.</summary>
internal abstract class ColumnBuilder(string name)
{
    /// <summary>Name of the column.</summary>
    public string Name { get; } = name;

    /// <summary>What it builds.</summary>
    public abstract ColumnKind Kind { get; }

    /// <summary>Rows added, missing ones included.</summary>
    public abstract int Rows { get; }

    /// <summary>Rows added that hold a value.</summary>
    public int Observed { get; protected set; }

    /// <summary>What a value should have been, as in "expected a number".</summary>
    public abstract string Expected { get; }

    /// <summary>Adds a value that is not missing; false (and nothing added) when the text is not of this kind.</summary>
    public abstract bool TryAdd(ReadOnlySpan<char> text);

    /// <summary>Adds a row without a value.</summary>
    public abstract void AddMissing();

    /// <summary>Forgets the rows: the pass goes on only to settle the other columns.</summary>
    public abstract void Discard();

    /// <summary>The column; the builder is empty afterwards.</summary>
    public abstract Column Build(string source);

    /// <summary>A builder for a kind.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="kind">What it builds.</param>
    /// <param name="options">How texts are read.</param>
    /// <param name="rows">Where the rows come from.</param>
    /// <param name="rowsToCome">About how many rows follow, or null when nobody knows.</param>
    public static ColumnBuilder Create(string name, ColumnKind kind, ReadOptions options, RowReader rows, Func<long?> rowsToCome) => kind switch
    {
        ColumnKind.Numeric => new NumericBuilder(name, options.DecimalSeparator, rows, rowsToCome),
        ColumnKind.Date => new DateBuilder(name, rowsToCome),
        _ => new CategoricalBuilder(name, options.TrimTrailing, rowsToCome),
    };
}
