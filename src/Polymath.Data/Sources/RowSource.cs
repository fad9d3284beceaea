namespace Polymath.Data.Sources;

/// <summary>Somewhere rows come from. It can be opened again: settling the type of a column may need a second pass.</summary>
internal abstract class RowSource
{
    /// <summary>Name for messages, without credentials.</summary>
    public abstract string Name { get; }

    /// <summary>What a first pass over no rows means, as a sentence end.</summary>
    public abstract string NoRows { get; }

    /// <summary>Starts a pass.</summary>
    public abstract RowReader Open();

    /// <summary>Tells a path from a database by its prefix.</summary>
    public static RowSource Parse(string source, ReadOptions options)
    {
        if (source.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase)) return new SqliteSource(source);
        bool postgres = source.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);
        if (postgres) return new PostgresSource(source);
        if (ArffSource.Recognises(source)) return new ArffSource(source, options);
        return MatlabSource.Recognises(source) ? new MatlabSource(source, options) : new CsvSource(source, options);
    }
}
