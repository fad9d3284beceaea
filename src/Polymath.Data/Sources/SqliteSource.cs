using Microsoft.Data.Sqlite;

namespace Polymath.Data.Sources;

/// <summary>A table or query of a SQLite file, opened read-only: <c>sqlite:file.db#table-or-query</c>.</summary>
internal sealed class SqliteSource : RowSource
{
    private const int ErrorCode = 1, NotADatabase = 26;
    private readonly string _path, _selection;

    public SqliteSource(string source)
    {
        Name = source;
        (string location, _selection) = DatabaseAddress.Split(source, source);
        _path = location["sqlite:".Length..];
        if (_path.Length == 0) throw new TableException($"{source}: names no file, expected sqlite:file.db#table.", source);
        Name = $"sqlite:{_path}";
    }

    public override string Name { get; }

    public override string NoRows => "the query returns no rows, expected at least one";

    public override RowReader Open()
    {
        if (Directory.Exists(_path)) throw new TableException($"{Name}: is a folder, expected a SQLite file.", Name);
        if (!File.Exists(_path)) throw new TableException($"{Name}: no such file.", Name);
        SqliteConnection? connection = null;
        SqliteCommand? command = null;
        SqliteDataReader? reader = null;
        try
        {
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            command = connection.CreateCommand();
            command.CommandText = DatabaseAddress.IsQuery(_selection) ? _selection : $"select * from {DatabaseAddress.Quote(_selection)}";
            reader = command.ExecuteReader();
            return new DatabaseRowReader(Name, connection, command, reader, Explain);
        }
        catch (Exception cause)
        {
            TableException? explained = cause is SqliteException { SqliteErrorCode: ErrorCode } && connection is not null ? ExplainStatement((SqliteException)cause, connection) : Explain(cause);
            reader?.Dispose();
            command?.Dispose();
            connection?.Dispose();
            if (explained is null) throw;
            throw explained;
        }
    }

    private TableException? Explain(Exception cause) => cause switch
    {
        SqliteException { SqliteErrorCode: NotADatabase } => new TableException($"{Name}: is not a SQLite database.", Name, inner: cause),
        SqliteException failure => new TableException($"{Name}: cannot be read: {Reason(failure)}.", Name, inner: cause),
        InvalidOperationException => new TableException($"{Name}: the statement returns no rows, expected a query.", Name, inner: cause),
        _ => null,
    };

    private TableException ExplainStatement(SqliteException cause, SqliteConnection connection)
    {
        if (DatabaseAddress.IsQuery(_selection)) return new TableException($"{Name}: bad SQL: {Reason(cause)}.", Name, inner: cause);
        var tables = new List<string>();
        using SqliteCommand list = connection.CreateCommand();
        list.CommandText = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by name";
        using SqliteDataReader names = list.ExecuteReader();
        while (names.Read()) tables.Add(names.GetString(0));
        return tables.Contains(_selection)
            ? new TableException($"{Name}: cannot read '{_selection}': {Reason(cause)}.", Name, inner: cause)
            : new TableException($"{Name}: there is no table '{_selection}'{Suggestion.Tail(_selection, tables)}", Name, inner: cause);
    }

    /// <summary>SQLite's own words: the provider wraps them as <c>SQLite Error 1: 'near "selec": syntax error'.</c></summary>
    private static string Reason(SqliteException failure)
    {
        int start = failure.Message.IndexOf('\'', StringComparison.Ordinal), end = failure.Message.LastIndexOf('\'');
        return start >= 0 && end > start ? failure.Message[(start + 1)..end] : failure.Message.TrimEnd('.');
    }
}
