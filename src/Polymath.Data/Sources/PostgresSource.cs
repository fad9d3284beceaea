using Npgsql;

namespace Polymath.Data.Sources;

/// <summary>A table or query of a PostgreSQL server: <c>postgres://user:password@host:port/database?sslmode=require#table-or-query</c>.</summary>
internal sealed class PostgresSource : RowSource
{
    private const int DefaultPort = 5432, ConnectSeconds = 10;
    private readonly string _connection, _selection;

    public PostgresSource(string source)
    {
        string shown = WithoutCredentials(source);
        (string location, _selection) = DatabaseAddress.Split(source, shown);
        if (!Uri.TryCreate(location, UriKind.Absolute, out Uri? address) || address.Host.Length == 0)
            throw new TableException($"{shown}: is not an address, expected postgres://user:password@host:port/database#table.", shown);
        int port = address.Port > 0 ? address.Port : DefaultPort;
        string database = Uri.UnescapeDataString(address.AbsolutePath.Trim('/'));
        if (database.Length == 0) throw new TableException($"{shown}: names no database, expected postgres://user:password@host:port/database#table.", shown);
        Name = $"postgres://{address.Host}:{port}/{database}";
        string[] credentials = address.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = Host(address), Port = port, Database = database, Timeout = ConnectSeconds, CommandTimeout = 0, Pooling = false };
        if (credentials[0].Length > 0) builder.Username = Uri.UnescapeDataString(credentials[0]);
        if (credentials.Length > 1) builder.Password = Uri.UnescapeDataString(credentials[1]);
        foreach (string setting in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)) Apply(builder, setting);
        _connection = builder.ConnectionString;
    }

    public override string Name { get; }

    public override string NoRows => "the query returns no rows, expected at least one";

    public override RowReader Open()
    {
        NpgsqlDataSource? source = null;
        NpgsqlConnection? connection = null;
        NpgsqlCommand? command = null;
        NpgsqlDataReader? reader = null;
        try
        {
            source = new NpgsqlSlimDataSourceBuilder(_connection).EnableTransportSecurity().Build();
            connection = source.OpenConnection();
            command = connection.CreateCommand();
            command.CommandText = DatabaseAddress.IsQuery(_selection) ? _selection : $"select * from {string.Join('.', _selection.Split('.').Select(DatabaseAddress.Quote))}";
            reader = command.ExecuteReader();
            return new DatabaseRowReader(Name, connection, command, reader, Explain, source);
        }
        catch (Exception cause)
        {
            reader?.Dispose();
            command?.Dispose();
            connection?.Dispose();
            source?.Dispose();
            if (Explain(cause) is not { } explained) throw;
            throw explained;
        }
    }

    private TableException? Explain(Exception cause) => cause switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } refused when !DatabaseAddress.IsQuery(_selection) => Failure($"there is no table '{_selection}'", refused),
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName } refused => Failure($"the server refused the connection: {refused.MessageText}", refused),
        PostgresException refused => Failure($"bad SQL: {refused.MessageText}", refused),
        NpgsqlException { InnerException: TimeoutException } late => Failure($"no answer within {ConnectSeconds} seconds", late),
        NpgsqlException lost => Failure($"cannot reach the server: {(lost.InnerException ?? lost).Message.TrimEnd('.')}", lost),
        System.Net.Sockets.SocketException lost => Failure($"cannot reach the server: {lost.Message.TrimEnd('.')}", lost),
        TimeoutException late => Failure($"no answer within {ConnectSeconds} seconds", late),
        _ => null,
    };

    private TableException Failure(string reason, Exception cause) => new($"{Name}: {reason}.", Name, inner: cause);

    private void Apply(NpgsqlConnectionStringBuilder builder, string setting)
    {
        string[] parts = setting.Split('=', 2);
        string key = Uri.UnescapeDataString(parts[0]), value = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : string.Empty);
        try
        {
            if (key.Equals("sslmode", StringComparison.OrdinalIgnoreCase)) builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true);
            else if (key.Equals("host", StringComparison.OrdinalIgnoreCase)) builder.Host = value;
            else builder[key] = value;
        }
        catch (Exception cause) when (cause is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            throw new TableException($"{Name}: the connection setting '{key}={value}' is not understood.", Name, inner: cause);
        }
    }

    private static string Host(Uri address) => address.Host.Trim('[', ']');

    /// <summary>The address with everything before the last @ of the authority removed, for messages about addresses that do not parse.</summary>
    private static string WithoutCredentials(string source)
    {
        int start = source.IndexOf("://", StringComparison.Ordinal) + 3;
        int end = source.IndexOfAny(['/', '#'], start);
        string authority = end < 0 ? source[start..] : source[start..end];
        int at = authority.LastIndexOf('@');
        return at < 0 ? source : string.Concat(source.AsSpan(0, start), authority.AsSpan(at + 1), end < 0 ? string.Empty : source.AsSpan(end));
    }
}
