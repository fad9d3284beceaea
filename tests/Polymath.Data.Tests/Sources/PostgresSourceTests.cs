using System.Globalization;
using Npgsql;
using Polymath.Data;

namespace Polymath.Tests;

/// <summary>Runs against the server that <c>POLYMATH_TEST_POSTGRES</c> names: <c>postgres://user:password@host:port/database</c>.</summary>
public sealed class PostgresSourceTests
{
    private const string Variable = "POLYMATH_TEST_POSTGRES";

    [Fact]
    public void A_table_reads_with_its_nulls_and_kinds()
    {
        using var server = new Server();
        Table table = Table.Read(server.Source(server.Table));
        Assert.Equal(["id", "name", "spent", "active", "since", "at"], table.ColumnNames);
        Assert.Equal(
            [ColumnKind.Numeric, ColumnKind.Categorical, ColumnKind.Numeric, ColumnKind.Categorical, ColumnKind.Date, ColumnKind.Date],
            table.Columns.Select(column => column.Kind));
        Assert.Equal(["1.5", null, "3"], Enumerable.Range(0, 3).Select(table["spent"].Text));
        Assert.Equal("true", table["active"].Text(0));
        Assert.Equal("2024-02-01T10:30:00", table["at"].Text(2));
    }

    [Fact]
    public void A_query_streams_many_rows()
    {
        using var server = new Server();
        Table table = Table.Read(server.Source("select g as n, 'k' || g % 7 as k, (g::float8 / 8) as x from generate_series(1, 50000) g order by g"));
        Assert.Equal(50_000, table.Rows);
        Assert.Equal(50_000 / 8f, ((NumericColumn)table["x"]).Values[^1]);
        Assert.Equal(7, ((CategoricalColumn)table["k"]).Categories.Count);
    }

    [Fact]
    public void Mistakes_on_the_server_are_one_sentence_each()
    {
        using var server = new Server();
        Expect.Sentence(() => Table.Read(server.Source("selec 1 as a")), "bad SQL", "syntax error");
        Expect.Sentence(() => Table.Read(server.Source("select nme from " + server.Table)), "bad SQL", "nme");
        Expect.Sentence(() => Table.Read(server.Source("no_such_table_here")), "no table 'no_such_table_here'");
        Expect.Sentence(() => Table.Read(server.Source("select 1 as a where false")), "no rows");
        Expect.Sentence(() => Table.Read(server.Source("select 1 / (g - 5) as a from generate_series(1, 9) g")), "bad SQL", "division by zero");
        Expect.Sentence(() => Table.Read(server.Source("select array[1, 2] as list")), "row 1", "'list'", "cast");
        Expect.Sentence(() => Table.Read(server.Source("select 'inf'::float8 as x union all select 1.0")), "'x'", "finite");
    }

    [Fact]
    public void A_refused_login_says_so_without_the_password()
    {
        using var server = new Server();
        var address = new UriBuilder(server.Address) { UserName = "nobody_known", Password = "s3cret-word" };
        TableException error = Expect.Sentence(() => Table.Read($"{address.Uri}#t"), "postgres://");
        Assert.DoesNotContain("s3cret-word", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreachable_server_is_one_sentence_without_the_password()
    {
        TableException error = Expect.Sentence(() => Table.Read("postgres://me:s3cret@127.0.0.1:1/db#t"), "postgres://127.0.0.1:1/db", "cannot reach the server");
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me:s3cret@127.0.0.1/db", "names no table")]
    [InlineData("postgres://me:s3cret@127.0.0.1#t", "names no database")]
    [InlineData("postgres://me:s3cret@127.0.0.1:port/db#t", "is not an address")]
    [InlineData("postgres://me:s3cret@127.0.0.1/db?sslmode=maybe#t", "'sslmode=maybe'")]
    public void A_malformed_address_is_one_sentence_without_the_password(string source, string part)
    {
        TableException error = Expect.Sentence(() => Table.Read(source), part);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A table of its own on the test server.</summary>
    private sealed class Server : IDisposable
    {
        private readonly NpgsqlDataSource _connections;

        public Server()
        {
            string? address = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrEmpty(address)) Assert.Skip($"no PostgreSQL server: set {Variable} to postgres://user:password@host:port/database");
            Address = address;
            Table = string.Create(CultureInfo.InvariantCulture, $"customers_{Guid.NewGuid():N}");
            var uri = new Uri(address);
            string[] credentials = uri.UserInfo.Split(':', 2);
            _connections = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
            {
                Host = uri.Host,
                Port = uri.Port > 0 ? uri.Port : 5432,
                Database = uri.AbsolutePath.Trim('/'),
                Username = Uri.UnescapeDataString(credentials[0]),
                Password = credentials.Length > 1 ? Uri.UnescapeDataString(credentials[1]) : null,
            });
            Execute($"""
                create table {Table} (id bigint, name text, spent numeric(8, 2), active boolean, since date, at timestamp);
                insert into {Table} values (1, 'Ann', 1.5, true, '2024-01-31', null), (2, 'O''Brien, "Bob"', null, false, null, null), (3, 'Cy', 3, null, '2024-02-01', '2024-02-01 10:30');
                """);
        }

        public string Address { get; }

        public string Table { get; }

        public string Source(string selection) => $"{Address}#{selection}";

        public void Dispose()
        {
            Execute($"drop table {Table}");
            _connections.Dispose();
        }

        private void Execute(string sql)
        {
            using NpgsqlCommand command = _connections.CreateCommand(sql);
            command.ExecuteNonQuery();
        }
    }
}
