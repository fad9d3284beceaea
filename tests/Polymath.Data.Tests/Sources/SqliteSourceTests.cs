using Microsoft.Data.Sqlite;
using Polymath.Data;

namespace Polymath.Tests;

public sealed class SqliteSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_reads_with_its_nulls_and_kinds()
    {
        Table table = Table.Read($"sqlite:{Database()}#customers");
        Assert.Equal(["id", "name", "spent", "since"], table.ColumnNames);
        Assert.Equal([ColumnKind.Numeric, ColumnKind.Categorical, ColumnKind.Numeric, ColumnKind.Date], table.Columns.Select(column => column.Kind));
        Assert.True(table["spent"].IsMissing(1));
        Assert.Equal("O'Brien, \"Bob\"", table["name"].Text(1));
    }

    [Fact]
    public void A_query_reads_and_may_hold_a_hash()
    {
        Table table = Table.Read($"sqlite:{Database()}#select name || '#' as tag, spent * 2 as twice from customers where spent is not null order by id desc");
        Assert.Equal("Cy#", table["tag"].Text(0));
        Assert.Equal([6f, 3f], ((NumericColumn)table["twice"]).Values.ToArray());
    }

    [Fact]
    public void A_column_of_mixed_types_becomes_text()
    {
        Table table = Table.Read($"sqlite:{Database()}#select 1 as x union all select 'a'");
        Assert.Equal(ColumnKind.Categorical, table["x"].Kind);
    }

    [Fact]
    public void Mistakes_are_one_sentence_each()
    {
        string database = Database();
        Expect.Sentence(() => Table.Read($"sqlite:{_folder.PathOf("no.db")}#t"), "no.db", "no such file");
        Expect.Sentence(() => Table.Read($"sqlite:{_folder.Root}#t"), "folder");
        Expect.Sentence(() => Table.Read($"sqlite:{_folder.Write("text.db", new string('x', 5000))}#t"), "text.db", "not a SQLite database");
        Expect.Sentence(() => Table.Read($"sqlite:{database}#custmers"), "'custmers'", "did you mean 'customers'?");
        Expect.Sentence(() => Table.Read($"sqlite:{database}#selec name from customers"), "shop.db", "bad SQL", "selec");
        Expect.Sentence(() => Table.Read($"sqlite:{database}#select nme from customers"), "bad SQL", "no such column: nme");
        Expect.Sentence(() => Table.Read($"sqlite:{database}#select * from customers where 1 = 0"), "no rows");
        Expect.Sentence(() => Table.Read($"sqlite:{database}#select 1 as a, 2 as a"), "two columns named 'a'");
        Expect.Sentence(() => Table.Read($"sqlite:{database}"), "names no table");
        Expect.Sentence(() => Table.Read("sqlite:#t"), "names no file");
        Expect.Sentence(() => Table.Read($"sqlite:{database}#select x'00ff' as blob"), "row 1", "'blob'", "cast");
        Expect.Sentence(() => Table.Read($"sqlite:{database}#delete from customers where id = 1"), "shop.db");
        Assert.Equal(3, Table.Read($"sqlite:{database}#customers").Rows);
    }

    [Fact]
    public void Text_in_a_declared_numeric_column_names_row_and_column()
    {
        TableException error = Expect.Sentence(
            () => Table.Read($"sqlite:{Database()}#customers", new ReadOptions { NumericColumns = ["name"] }), "shop.db", "row 1", "'name'", "'Ann'");
        Assert.Equal(1, error.Line);
    }

    private string Database()
    {
        string path = _folder.PathOf("shop.db");
        if (File.Exists(path)) return path;
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            create table customers (id integer primary key, name text, spent real, since text);
            insert into customers values (1, 'Ann', 1.5, '2024-01-31'), (2, 'O''Brien, "Bob"', null, null), (3, 'Cy', 3, '2024-02-01 10:30');
            """;
        command.ExecuteNonQuery();
        return path;
    }
}
