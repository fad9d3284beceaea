using System.Data.Common;
using System.Globalization;

namespace Polymath.Data.Sources;

/// <summary>Rows of a query, as texts that read back to the same values.</summary>
internal sealed class DatabaseRowReader : RowReader
{
    private readonly string _source;
    private readonly DbConnection _connection;
    private readonly DbCommand _command;
    private readonly DbDataReader _reader;
    private readonly Func<Exception, TableException?> _explain;
    private readonly IDisposable? _owner;
    private long _position;

    public DatabaseRowReader(string source, DbConnection connection, DbCommand command, DbDataReader reader, Func<Exception, TableException?> explain, IDisposable? owner = null)
    {
        (_source, _connection, _command, _reader, _explain, _owner) = (source, connection, command, reader, explain, owner);
        string[] names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        if (names.Length == 0) throw new TableException($"{source}: the statement returns no columns, expected a query.", source);
        string? twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null) throw new TableException($"{source}: the query returns two columns named '{twice}', expected distinct names; rename one with 'as'.", source, column: twice);
        Names = names;
    }

    public override IReadOnlyList<string> Names { get; }

    public override string PositionWord => "row";

    public override long Position => _position;

    public override bool Read()
    {
        try
        {
            if (!_reader.Read()) return false;
        }
        catch (Exception cause) when (_explain(cause) is { } explained)
        {
            throw explained;
        }

        _position++;
        return true;
    }

    public override bool TryField(int column, out ReadOnlySpan<char> text)
    {
        string? field = Field(column);
        text = field;
        return field is not null;
    }

    public override void Dispose()
    {
        _reader.Dispose();
        _command.Dispose();
        _connection.Dispose();
        _owner?.Dispose();
    }

    private string? Field(int column)
    {
        object value;
        try
        {
            value = _reader.GetValue(column);
        }
        catch (Exception cause) when (cause is InvalidCastException or NotSupportedException or OverflowException or FormatException)
        {
            throw Unreadable(column, _reader.GetDataTypeName(column), cause);
        }

        return value switch
        {
            DBNull => null,
            string text => text,
            bool flag => flag ? "true" : "false",
            DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            byte[] or Array => throw Unreadable(column, _reader.GetDataTypeName(column), null),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
    }

    private TableException Unreadable(int column, string type, Exception? cause) =>
        new($"{_source}, row {_position}, column '{Names[column]}': found a value of type {type}, expected a number, text or date; cast it in the query.", _source, _position, Names[column], cause);
}
