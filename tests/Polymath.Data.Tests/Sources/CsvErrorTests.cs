using System.Text;
using Polymath.Data;

namespace Polymath.Tests;

public sealed class CsvErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_named_with_the_nearest_one()
    {
        _folder.Write("census.csv", "a,b\n1,2\n");
        string path = _folder.PathOf("cencus.csv");
        TableException error = Expect.Sentence(() => Table.ReadCsv(path), path, "no such file", "did you mean 'census.csv'?");
        Assert.Equal(path, error.Source);
    }

    [Fact]
    public void A_workbook_is_recognised_and_a_short_file_is_read()
    {
        string path = _folder.Write("book.xlsx", [.. "PK\u0003\u0004"u8, 0x14, 0, 6, 0, 0xFF]);
        Expect.Sentence(() => Table.ReadCsv(path), "book.xlsx: is an Excel workbook or a zip archive", "export the sheet as CSV");
        Assert.Equal(1, Table.ReadCsv(_folder.Write("t.csv", "a\n1"), cancellation: TestContext.Current.CancellationToken).Rows);
    }

    [Fact]
    public void A_folder_is_not_a_file() => Expect.Sentence(() => Table.ReadCsv(_folder.Root), _folder.Root, "is a folder");

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    public void An_empty_file_says_so(string text) => Fails(text, "t.csv", "empty");

    [Fact]
    public void A_header_without_rows_says_so() => Fails("a,b\n", "t.csv", "header but no rows");

    [Theory]
    [InlineData("a,b,c\n1,2,3\n4,5\n", "found 2 fields, expected 3", "empty ones")]
    [InlineData("a,b\n1,2\n3,4,5\n", "found 3 fields, expected 2", "quote")]
    public void A_ragged_row_names_line_and_counts(string text, string counts, string remedy)
    {
        TableException error = Fails(text, "t.csv", "line 3", counts, remedy);
        Assert.Equal(3, error.Line);
    }

    [Fact]
    public void Skipped_and_blank_lines_count_in_line_numbers()
    {
        TableException error = Fails("comment\na,b\n\n1,2\n3\n", new ReadOptions { SkipLines = 1 }, "line 5");
        Assert.Equal(5, error.Line);
    }

    [Fact]
    public void Text_in_a_declared_numeric_column_names_line_column_and_value()
    {
        TableException error = Fails("id,age\n1,39\n2,n/k\n", new ReadOptions { NumericColumns = ["age"] }, "t.csv", "line 3", "'age'", "'n/k'", "a number");
        Assert.Equal((3L, "age"), (error.Line!.Value, error.Column));
    }

    [Fact]
    public void Text_in_a_declared_date_column_names_line_column_and_value() =>
        Fails("d,x\n2024-01-01,1\n31.12.2024,2\n", new ReadOptions { DateColumns = ["d"] }, "line 3", "'d'", "'31.12.2024'", "ISO date");

    [Theory]
    [InlineData("inf")]
    [InlineData("-Infinity")]
    [InlineData("1e39")]
    public void Infinities_among_numbers_name_line_column_and_value(string value) =>
        Fails($"x,y\n1,2\n{value},4\n5,6\n", "t.csv", "line 3", "'x'", $"'{value}'", "finite");

    [Fact]
    public void Duplicate_names_are_refused_with_their_places() => Fails("a,b,a\n1,2,3\n", "columns 1 and 3", "'a'", "line 1");

    [Fact]
    public void The_wrong_number_of_given_names_is_refused() => Fails("1,2,3\n", new ReadOptions { ColumnNames = ["a", "b"] }, "line 1", "found 3 fields", "expected 2");

    [Fact]
    public void Bytes_that_are_not_utf8_name_the_line()
    {
        string path = _folder.Write("latin.csv", [.. Encoding.ASCII.GetBytes("a,b\n1,x\n2,"), 0xE9, .. Encoding.ASCII.GetBytes("\n3,y\n")]);
        TableException error = Expect.Sentence(() => Table.ReadCsv(path), "latin.csv", "line 3", "UTF-8");
        Assert.Equal(3, error.Line);
    }

    [Fact]
    public void A_binary_file_is_refused()
    {
        string path = _folder.Write("model.bin", [80, 73, 3, 4, 0, 0, 0, 10]);
        Expect.Sentence(() => Table.ReadCsv(path), "model.bin", "zero byte", "binary");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void A_gzip_file_that_is_cut_off_loses_no_row_silently(double part)
    {
        byte[] whole = TemporaryFolder.Gzip("a,b\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},{i * 7919L % 10007}\n")));
        string path = _folder.Write("cut.csv.gz", whole[..(int)(whole.Length * part)]);
        Expect.Sentence(() => Table.ReadCsv(path), "cut.csv.gz", "gzip", "corrupt or cut off");
    }

    [Fact]
    public void A_corrupt_gzip_file_is_refused()
    {
        byte[] bytes = TemporaryFolder.Gzip("a,b\n1,2\n3,4\n");
        bytes[12] ^= 0xFF;
        Expect.Sentence(() => Table.ReadCsv(_folder.Write("bad.csv.gz", bytes)), "bad.csv.gz", "gzip");
    }

    [Fact]
    public void A_stray_quote_names_the_line() => Fails("a,b\n1,2\n5\" pipe,3\n", "line 3", "stray quote", "5\" pipe");

    [Fact]
    public void A_quote_that_is_never_closed_names_the_line_it_opens_on() => Fails("a,b\n1,2\n\"x,3\n4,5\n", "line 3", "not closed");

    [Fact]
    public void Text_after_a_closing_quote_is_a_stray_quote_of_that_field() => Fails("a,b\n1,2\n\"x\"y,3\n4,5\n", "line 3", "stray quote", "'\"x\"y'");

    [Fact]
    public void A_quote_closed_lines_later_in_the_middle_of_a_field_names_the_line_it_opens_on() => Fails("a,b\n\"x,3\n4,5\n6,y\" z\n", "line 2", "not closed");

    [Fact]
    public void A_quoted_field_that_swallows_a_large_file_names_the_line_it_opens_on() =>
        Fails("a,b\n1,2\n\"x,3\n" + string.Concat(Enumerable.Repeat("4,5\n", 5_000_000)), "line 3", "not closed");

    [Theory]
    [InlineData("numeric")]
    [InlineData("categorical")]
    [InlineData("drop")]
    [InlineData("only")]
    public void An_unknown_column_in_an_option_suggests_the_nearest(string option)
    {
        string[] names = ["incme"];
        ReadOptions options = option switch
        {
            "numeric" => new ReadOptions { NumericColumns = names },
            "categorical" => new ReadOptions { CategoricalColumns = names },
            "drop" => new ReadOptions { DropColumns = names },
            _ => new ReadOptions { OnlyColumns = names },
        };
        Fails("income,age\n1,2\n", options, "t.csv", "'incme'", "did you mean 'income'?");
    }

    [Fact]
    public void A_column_of_two_kinds_is_refused() => Fails("a,b\n1,2\n", new ReadOptions { NumericColumns = ["a"], CategoricalColumns = ["a"] }, "'a'", "numeric", "categorical");

    [Fact]
    public void Dropping_everything_is_refused() => Fails("a,b\n1,2\n", new ReadOptions { DropColumns = ["a", "b"] }, "no column is left");

    [Fact]
    public void Asking_a_table_for_an_unknown_column_lists_what_there_is()
    {
        Table table = Table.ReadCsv(_folder.Write("t.csv", "alpha,beta\n1,2\n"));
        Expect.Sentence(() => _ = table["zzz"], "t.csv", "'zzz'", "alpha, beta");
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Fails("a\n1\n", new ReadOptions { DecimalSeparator = ';' }, "decimal separator");
        Fails("a\n1\n", new ReadOptions { SkipLines = -1 }, "skip lines");
        Fails("a\n1\n", new ReadOptions { Delimiter = '§' }, "delimiter", "U+00A7");
        Fails("a\n1\n", new ReadOptions { Delimiter = ',', DecimalSeparator = ',' }, "both ','");
    }

    private TableException Fails(string text, params string[] parts) => Fails(text, ReadOptions.Default, parts);

    private TableException Fails(string text, ReadOptions options, params string[] parts)
    {
        string path = _folder.Write("t.csv", text);
        return Expect.Sentence(() => Table.ReadCsv(path, options), parts);
    }
}
