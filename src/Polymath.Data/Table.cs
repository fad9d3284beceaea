using Polymath.Data.Sources;

namespace Polymath.Data;

/// <summary>
/// A table in memory, column by column: numbers as floats, texts as codes. It is read once from a CSV/TSV file (gzip or not),
/// SQLite or PostgreSQL; text is parsed while it streams past, so memory is bounded by the columns and not by the file.
/// </summary>
/// <example><code>
/// var table = Table.ReadCsv("census.csv");
/// var rows  = Table.Read("sqlite:shop.db#select age, spent, churned from customers");
/// Console.WriteLine(table.Schema);
/// </code></example>
public sealed class Table
{
    private readonly Column[] _columns;
    private readonly Dictionary<string, int> _index;

    /// <summary>A table over columns of equal length.</summary>
    /// <param name="source">Where it came from, for messages.</param>
    /// <param name="columns">The columns, with distinct names.</param>
    /// <exception cref="TableException">Two columns share a name, or lengths differ.</exception>
    public Table(string source, IEnumerable<Column> columns)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(columns);
        Source = source;
        _columns = [.. columns];
        Rows = _columns.Length == 0 ? 0 : _columns[0].Rows;
        _index = new Dictionary<string, int>(_columns.Length, StringComparer.Ordinal);
        for (int i = 0; i < _columns.Length; i++)
        {
            Column column = _columns[i];
            if (!_index.TryAdd(column.Name, i)) throw new TableException($"{source}: two columns are named '{column.Name}', expected distinct names.", source, column: column.Name);
            if (column.Rows != Rows) throw new TableException($"{source}: column '{column.Name}' has {column.Rows} rows, expected {Rows} as in '{_columns[0].Name}'.", source, column: column.Name);
        }
    }

    /// <summary>Where the table came from: a path or a database without credentials.</summary>
    public string Source { get; }

    /// <summary>How many rows it has.</summary>
    public int Rows { get; }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>The names in order.</summary>
    public IReadOnlyList<string> ColumnNames => [.. _columns.Select(column => column.Name)];

    /// <summary>A column by name.</summary>
    /// <exception cref="TableException">There is no such column; the message names the nearest one.</exception>
    public Column this[string name] => TryGetColumn(name, out Column? column) ? column : throw UnknownColumn(name, "column");

    /// <summary>Kinds, missing counts and ranges of all columns; computed anew on each call.</summary>
    public TableSchema Schema => new(this);

    /// <summary>Looks a column up by name.</summary>
    public bool TryGetColumn(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Column? column)
    {
        column = _index.TryGetValue(name, out int index) ? _columns[index] : null;
        return column is not null;
    }

    /// <summary>Reads a delimited text file (.csv, .tsv, .txt, .data, each also .gz).</summary>
    /// <exception cref="TableException">The file is missing, unreadable or malformed; the message names the line.</exception>
    public static Table ReadCsv(string path, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TableLoader.Load(new CsvSource(path, Checked(options)), Checked(options), cancellation);
    }

    /// <summary>
    /// Reads a table from a path, <c>sqlite:file.db#table-or-query</c> or <c>postgres://user:password@host:port/database#table-or-query</c>.
    /// What follows <c>#</c> is a query when it contains a blank, else the name of a table. A path may also be a MATLAB file,
    /// <c>file.mat</c> or <c>file.mat#matrix</c>, with columns c1, c2, ... unless names are given.
    /// </summary>
    /// <exception cref="TableException">The source cannot be reached or read; one sentence says why.</exception>
    public static Table Read(string source, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return TableLoader.Load(RowSource.Parse(source, Checked(options)), Checked(options), cancellation);
    }

    /// <summary>A table with the given columns only, in the given order.</summary>
    /// <exception cref="TableException">A name is unknown.</exception>
    public Table Select(params IEnumerable<string> names) => new(Source, names.Select(name => this[name])) { HeaderDoubt = HeaderDoubt };

    /// <summary>A table without the given columns.</summary>
    /// <exception cref="TableException">A name is unknown.</exception>
    public Table Without(params IEnumerable<string> names)
    {
        HashSet<Column> dropped = [.. names.Select(name => this[name])];
        return new Table(Source, _columns.Where(column => !dropped.Contains(column))) { HeaderDoubt = HeaderDoubt };
    }

    /// <summary>A table with one more column at the end, such as a target kept in a file of its own.</summary>
    /// <exception cref="TableException">The name is taken or the length differs.</exception>
    public Table With(params IEnumerable<Column> columns) => new(Source, _columns.Concat(columns)) { HeaderDoubt = HeaderDoubt };

    /// <summary>A table with the given rows, in the given order.</summary>
    public Table Take(ReadOnlySpan<int> rows)
    {
        var taken = new Column[_columns.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = _columns[i].Take(rows);
        return new Table(Source, taken) { HeaderDoubt = HeaderDoubt };
    }

    /// <summary>Why the line that was taken for the header may have been a row; null when there is no doubt.</summary>
    internal string? HeaderDoubt { get; init; }

    internal TableException UnknownColumn(string name, string role) =>
        new($"{Source}: there is no {role} '{name}'{(HeaderDoubt is null ? string.Empty : $" ({HeaderDoubt})")}{Suggestion.Tail(name, ColumnNames)}", Source, column: name);

    private static ReadOptions Checked(ReadOptions? options)
    {
        options ??= ReadOptions.Default;
        options.Validate();
        return options;
    }
}
