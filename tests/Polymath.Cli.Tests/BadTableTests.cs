using System.IO.Compression;
using System.Text;

namespace Polymath.Tests;

/// <summary>Bad training tables: one sentence, exit code 2, nothing left behind.</summary>
public sealed class BadTableTests
{
    [Fact]
    public void A_missing_file_is_named_with_the_nearest_one()
    {
        using var folder = new TemporaryFolder();
        folder.WriteTable("census.csv");
        Refused(folder, folder["cenus.csv"], "cenus.csv", "no such file", "did you mean 'census.csv'?");
    }

    [Fact]
    public void A_directory_is_no_table()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["tables"]);
        Refused(folder, folder["tables"], "tables", "is a folder");
    }

    [Fact]
    public void An_empty_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.Write("empty.csv", string.Empty), "empty.csv", "empty");
    }

    [Fact]
    public void A_header_without_rows_is_refused()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.Write("head.csv", "a,b,yes\n"), "head.csv", "no rows");
    }

    [Fact]
    public void A_ragged_row_is_named_by_its_line()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.WriteTable(change: rows => rows[7] = ["1", "2"]), "data.csv, line 8", "found 2 fields", "expected 6");
    }

    [Fact]
    public void Text_in_a_numeric_column_is_named_by_line_column_and_value()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.WriteTable(change: rows => rows[11][1] = "many"), ["--numeric", "b"], "line 12", "'b'", "'many'");
    }

    [Fact]
    public void An_unknown_target_column_is_met_with_the_nearest_name()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.WriteTable(), ["-t", "amuont"], "'amuont'", "did you mean 'amount'?");
    }

    [Fact]
    public void An_unknown_column_to_drop_is_met_with_the_nearest_name()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.WriteTable(change: rows => rows[0][0] = "age"), ["--drop", "agee"], "'agee'", "'age'");
    }

    [Theory]
    [InlineData("1", "constant")]
    [InlineData("", "missing")]
    public void A_target_that_says_nothing_is_refused(string value, string problem)
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable(change: rows =>
        {
            for (int i = 1; i < rows.Count; i++) rows[i][3] = value;
        });
        Refused(folder, data, "'yes'", problem);
    }

    [Fact]
    public void A_class_seen_only_in_validation_is_named()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable(change: rows =>
        {
            rows[0][1] = "part";
            for (int i = 1; i < rows.Count; i++) rows[i][1] = i < 150 ? "train" : i < 180 ? "validation" : "test";
            rows[160][5] = "unheard";
        });
        Refused(folder, data, ["-t", "kind:multiclass", "--split", "column:part"], "'unheard'", "'kind'");
    }

    [Fact]
    public void A_class_seen_only_in_the_test_table_is_named()
    {
        using var folder = new TemporaryFolder();
        string test = folder.WriteTable("test.csv", rows: 20, change: rows => rows[3][5] = "unheard");
        Refused(folder, folder.WriteTable(), ["-t", "kind:multiclass", "--test", test], "test.csv", "'unheard'");
    }

    [Fact]
    public void Two_columns_of_one_name_are_refused()
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.WriteTable(change: rows => rows[0][1] = "a"), "columns 1 and 2", "'a'");
    }

    [Theory]
    [InlineData("inf")]
    [InlineData("-Infinity")]
    [InlineData("1e999")]
    public void A_number_that_is_not_finite_is_named_by_its_line(string value)
    {
        using var folder = new TemporaryFolder();
        Refused(folder, folder.WriteTable(change: rows => rows[4][0] = value), ["--numeric", "a"], "line 5", "'a'", value);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_named_by_their_line()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable();
        byte[] bytes = File.ReadAllBytes(data);
        bytes[Encoding.UTF8.GetString(bytes).IndexOf("red", StringComparison.Ordinal)] = 0xE9;
        File.WriteAllBytes(data, bytes);
        Refused(folder, data, "line 2", "UTF-8");
    }

    [Fact]
    public void A_gzip_file_that_was_cut_off_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(File.ReadAllBytes(folder.WriteTable()));
        File.WriteAllBytes(folder["data.csv.gz"], packed.ToArray()[..^40]);
        Refused(folder, folder["data.csv.gz"], "data.csv.gz", "gzip");
    }

    [Fact]
    public void A_missing_SQLite_file_a_missing_table_and_bad_SQL_are_refused()
    {
        using var folder = new TemporaryFolder();
        string database = Sqlite.Create(folder);
        Refused(folder, $"sqlite:{folder["none.db"]}#people", "none.db", "no such file");
        Refused(folder, $"sqlite:{folder.Write("text.db", new string('x', 200))}#people", "text.db", "not a SQLite database");
        Refused(folder, $"sqlite:{database}#peopel", "'peopel'", "'people'");
        Refused(folder, $"sqlite:{database}#selec a from people", "bad SQL", "selec");
    }

    [Fact]
    public void A_PostgreSQL_server_that_does_not_answer_is_named_without_its_password()
    {
        using var folder = new TemporaryFolder();
        Answer answer = Refused(folder, "postgres://ann:geheim@127.0.0.1:1/shop#people", "127.0.0.1", "cannot reach the server");
        Assert.DoesNotContain("geheim", answer.Error, StringComparison.Ordinal);
    }

    private static Answer Refused(TemporaryFolder folder, string data, params string[] mentions) => Refused(folder, data, [], mentions);

    private static Answer Refused(TemporaryFolder folder, string data, string[] flags, params string[] mentions)
        => Refusal.Of(folder, mentions, ["train", data, "--out", folder["out"], "-t", "yes", "-m", TrainedFolder.Model, "-e", "1", .. flags]);
}
