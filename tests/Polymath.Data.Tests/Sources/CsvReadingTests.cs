using System.Text;
using Polymath.Data;

namespace Polymath.Tests;

public sealed class CsvReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kinds_are_inferred_from_the_values()
    {
        Table table = Read("age,city,joined,score\n39,Rome,2024-02-29,1e-3\n,?,NA,\n50,Oslo,2023-12-31T23:30:00,-2.5\n");
        Assert.Equal(3, table.Rows);
        Assert.Equal([ColumnKind.Numeric, ColumnKind.Categorical, ColumnKind.Date, ColumnKind.Numeric], table.Columns.Select(column => column.Kind));
        Assert.Equal([39f, float.NaN, 50f], ((NumericColumn)table["age"]).Values.ToArray());
        Assert.Equal(["Rome", null, "Oslo"], Texts(table["city"]));
        Assert.Equal(["2024-02-29", null, "2023-12-31T23:30:00"], Texts(table["joined"]));
    }

    [Fact]
    public void A_column_that_starts_with_numbers_and_turns_to_text_keeps_the_original_texts()
    {
        Table table = Read("code,n\n007,1\n1.0,2\nA12,3\n");
        Assert.Equal(["007", "1.0", "A12"], Texts(table["code"]));
        Assert.Equal([1f, 2f, 3f], ((NumericColumn)table["n"]).Values.ToArray());
    }

    [Fact]
    public void Leading_missing_values_do_not_fix_the_kind()
    {
        Table table = Read("a,b\nNA,\n?,\nx,2024-01-01\n");
        Assert.Equal([null, null, "x"], Texts(table["a"]));
        Assert.Equal(ColumnKind.Date, table["b"].Kind);
    }

    [Theory]
    [InlineData("a,b\n1,2\n")]
    [InlineData("a;b\n1;2\n")]
    [InlineData("a\tb\n1\t2\n")]
    [InlineData("a|b\n1|2\n")]
    [InlineData("\"a\",b\r\n1,\"2\"\r\n")]
    public void The_delimiter_is_detected(string text)
    {
        Table table = Read(text);
        Assert.Equal(["a", "b"], table.ColumnNames);
        Assert.Equal([2f], ((NumericColumn)table["b"]).Values.ToArray());
    }

    [Fact]
    public void Bars_in_lists_of_a_comma_file_do_not_confuse_detection()
    {
        Assert.Equal(["user", "history", "like"], Read("1,5|7,0\n2,9|4,1\n", new ReadOptions { ColumnNames = ["user", "history", "like"] }).ColumnNames);
        Assert.Equal(["a", "b, c"], Read("a|b, c\n1|2, 3\n").ColumnNames);
    }

    [Fact]
    public void Commas_in_fields_of_a_semicolon_file_do_not_confuse_detection()
    {
        Table table = Read("name;price\nBolt, small;1,5\nNut, big;2,25\n", new ReadOptions { DecimalSeparator = ',' });
        Assert.Equal(["Bolt, small", "Nut, big"], Texts(table["name"]));
        Assert.Equal([1.5f, 2.25f], ((NumericColumn)table["price"]).Values.ToArray());
    }

    [Fact]
    public void Blanks_after_the_delimiter_are_trimmed_and_quoted_ones_kept()
    {
        Table table = Read("a, b\n39, State-gov\n40,\" x \"\n");
        Assert.Equal(["State-gov", " x "], Texts(table["b"]));
    }

    [Fact]
    public void Names_can_be_given_for_a_file_without_header_and_lines_skipped()
    {
        Table table = Read("|a comment\n1,x\n2,y\n", new ReadOptions { SkipLines = 1, ColumnNames = ["n", "t"] });
        Assert.Equal(2, table.Rows);
        Assert.Equal(["n", "t"], table.ColumnNames);
    }

    [Fact]
    public void Given_names_replace_a_header_that_is_declared()
    {
        Table table = Read("a,b\n1,x\n", new ReadOptions { Header = true, ColumnNames = ["n", "t"] });
        Assert.Equal(1, table.Rows);
        Assert.Equal(["n", "t"], table.ColumnNames);
    }

    [Fact]
    public void A_first_line_of_numbers_is_data()
    {
        Table table = Read("1,2\n3,4\n");
        Assert.Equal(2, table.Rows);
        Assert.Equal(["c1", "c2"], table.ColumnNames);
    }

    [Fact]
    public void A_first_line_that_counts_from_zero_is_a_header()
    {
        Table table = Read("0,1\n3,4\n");
        Assert.Equal(["0", "1"], table.ColumnNames);
        Assert.Equal(1, table.Rows);
    }

    [Fact]
    public void A_trailing_character_can_be_removed_from_labels()
    {
        Table table = Read("n,income\n1,>50K.\n2,<=50K\n", new ReadOptions { TrimTrailing = '.' });
        Assert.Equal([">50K", "<=50K"], Texts(table["income"]));
    }

    [Fact]
    public void Declared_kinds_override_inference_and_dropped_columns_are_not_parsed()
    {
        Table table = Read("id,zip,when\n1,02139,2024-01-01\n2,10001,2024-01-02\n", new ReadOptions { CategoricalColumns = ["zip"], DropColumns = ["id"], DateColumns = ["when"] });
        Assert.Equal(["zip", "when"], table.ColumnNames);
        Assert.Equal(["02139", "10001"], Texts(table["zip"]));
    }

    [Fact]
    public void A_byte_order_mark_and_gzip_are_recognised_whatever_the_name()
    {
        string path = _folder.Write("marked.csv", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("a,b\n1,é\n")]);
        Assert.Equal(["a", "b"], Table.ReadCsv(path).ColumnNames);
        Assert.Equal(2, Table.Read(_folder.WriteGzip("packed.data", "a,b\n1,x\ny,z\n")).Rows);
    }

    [Fact]
    public void Concatenated_gzip_members_are_read_to_the_end()
    {
        string path = _folder.Write("two.csv.gz", [.. TemporaryFolder.Gzip("a,b\n1,2\n3,4\n"), .. TemporaryFolder.Gzip("5,6\n")]);
        Assert.Equal([1f, 3f, 5f], ((NumericColumn)Table.ReadCsv(path)["a"]).Values.ToArray());
    }

    [Fact]
    public void Quoted_fields_may_hold_delimiters_quotes_and_line_breaks()
    {
        Table table = Read("a,b\n\"x,\"\"y\"\"\nz\",1\n");
        Assert.Equal(["x,\"y\"\nz"], Texts(table["a"]));
    }

    [Theory]
    [InlineData("a,b\r\n\"x\" ,1\r\n\r\ny,2")]     // blanks after a closing quote, an empty line, no line break at the end
    [InlineData("a,b\rx,1\ry,2\r")]                   // line breaks of old
    [InlineData("a,b\n\tx\t, 1\n\"y\",\"2\"\n")]
    public void Line_breaks_and_blanks_of_all_kinds_give_the_same_rows(string text)
    {
        Table table = Read(text);
        Assert.Equal(["x", "y"], Texts(table["a"]));
        Assert.Equal([1f, 2f], ((NumericColumn)table["b"]).Values.ToArray());
    }

    [Fact]
    public void Blanks_are_kept_on_request_and_separate_fields_as_a_delimiter()
    {
        Assert.Equal([" x "], Texts(Read("a,b\n x ,1\n", new ReadOptions { Trim = false })["a"]));
        Assert.Equal([2f], ((NumericColumn)Read("a b\nx 2\n", new ReadOptions { Delimiter = ' ' })["b"]).Values.ToArray());
    }

    [Fact]
    public void Missing_markers_ignore_case_and_blanks_and_may_be_numbers()
    {
        Table table = Read("a,b\n-999,\" ausente \"\nNAN,x\n3,É\n-99,é\n", new ReadOptions { MissingMarkers = ["-999", "Nan", "AUSENTE", "é"] });
        Assert.Equal([float.NaN, float.NaN, 3f, -99f], ((NumericColumn)table["a"]).Values.ToArray());
        Assert.Equal([null, "x", null, null], Texts(table["b"]));
    }

    [Fact]
    public void A_table_of_many_rows_keeps_every_one()
    {
        // More rows than the first guess of their number is made from, of growing length so that it is wrong.
        int rows = 30_000;
        string text = string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},k{i % 300},{(i < 20_000 ? "" : "a longer field in the second part of the file")}\n"));
        foreach (bool compressed in new[] { false, true })
        {
            Table table = Table.ReadCsv(compressed ? _folder.WriteGzip("t.csv.gz", "a,b,c\n" + text) : _folder.Write("t.csv", "a,b,c\n" + text));
            Assert.Equal(Enumerable.Range(0, rows).Select(i => (float)i), ((NumericColumn)table["a"]).Values.ToArray());
            Assert.Equal(Enumerable.Range(0, rows).Select(i => $"k{i % 300}"), Texts(table["b"]));
            Assert.Equal(20_000, table["c"].CountMissing());
        }
    }

    [Fact]
    public void Stray_quotes_can_be_read_as_ordinary_characters()
    {
        Table table = Read("a,b\n5\" pipe,1\n", new ReadOptions { Quotes = false });
        Assert.Equal(["5\" pipe"], Texts(table["a"]));
    }

    [Fact]
    public void Words_for_infinity_are_text_in_a_text_column()
    {
        Assert.Equal(["inf", "sup"], Texts(Read("a,b\ninf,1\nsup,2\n")["a"]));
    }

    [Fact]
    public void The_schema_prints_one_line_per_column()
    {
        string schema = Read("age,city\n39,Rome\n,Rome\n50,Oslo\n").Schema.ToString();
        Assert.Contains("age     numeric            1         2  39 .. 50, mean 44.5", schema, StringComparison.Ordinal);
        Assert.Contains("city    categorical        0         2  Rome (2), Oslo (1)", schema, StringComparison.Ordinal);
        Assert.Contains("3 rows, 2 columns", schema, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_stops_when_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        string path = _folder.Write("t.csv", "a,b\n1,2\n");
        Assert.Throws<OperationCanceledException>(() => Table.ReadCsv(path, cancellation: source.Token));
    }

    private Table Read(string text, ReadOptions? options = null) => Table.ReadCsv(_folder.Write("t.csv", text), options);

    private static IEnumerable<string?> Texts(Column column) => Enumerable.Range(0, column.Rows).Select(column.Text);
}
