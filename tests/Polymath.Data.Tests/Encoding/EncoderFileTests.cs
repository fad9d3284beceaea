using Polymath.Data;

namespace Polymath.Tests;

public sealed class EncoderFileTests : IDisposable
{
    private const string Csv = "age,city,since,school,y,z\n1,Rome,2024-01-01,s1,0.1,a\n,Oslo,2024-02-02,s2,0.7,b\n3.3,?,2025-03-03,s1,1.9,a\n4.7,Rome,,s2,2.2,b\n5,Oslo,2025-05-05,s1,3.1,a\n6,Rome,2025-06-06,s2,,c\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(NumericTransform.Standardise, null)]
    [InlineData(NumericTransform.Quantile, "school")]
    [InlineData(NumericTransform.None, "school")]
    public void A_saved_encoder_encodes_to_the_same_bits(NumericTransform transform, string? taskColumn)
    {
        Table table = Table.ReadCsv(_folder.Write("t.csv", Csv));
        TargetColumn[] targets = taskColumn is null ? [TargetColumn.Parse("y:regression"), TargetColumn.Parse("z"), TargetColumn.Parse("old=age>=4")] : [TargetColumn.Parse("y:regression")];
        TableEncoder encoder = TableEncoder.Fit(table, targets, Splits.All(6), new EncoderOptions { Numeric = transform, TaskColumn = taskColumn, UnknownTask = UnknownTask.Unassigned, MinFrequency = 1 });
        encoder.Save(_folder.PathOf("encoder.json"));
        TableEncoder loaded = TableEncoder.Load(_folder.PathOf("encoder.json"));
        AssertSame(encoder.Encode(table), loaded.Encode(table));
        Assert.Equal(encoder.Notes, loaded.Notes);
        Assert.Equal(encoder.Targets.Select(target => target.Definition), loaded.Targets.Select(target => target.Definition));
        loaded.Save(_folder.PathOf("again.json"));
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("encoder.json")), File.ReadAllBytes(_folder.PathOf("again.json")));
        Assert.Equal(3, Directory.GetFiles(_folder.Root).Length);
    }

    [Fact]
    public void Chunks_encode_like_the_whole_with_columns_in_any_order()
    {
        Table table = Table.ReadCsv(_folder.Write("t.csv", Csv));
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("z"), TargetColumn.Parse("y:regression")], Splits.All(6));
        string shuffled = _folder.PathOf("new.csv");
        CsvTableWriter.Write(new Table("new", table.Columns.Reverse().Append(CategoricalColumn.FromTexts("extra", ["?", "inf", "1", "x", "", "\""]))), shuffled);
        EncodedTable whole = encoder.Encode(table);
        int start = 0;
        foreach (EncodedTable chunk in encoder.EncodeChunks(shuffled, chunkRows: 4, withTargets: true))
        {
            AssertSame(whole.Take([.. Enumerable.Range(start, chunk.Rows)]), chunk);
            start += chunk.Rows;
        }

        Assert.Equal(6, start);
        Assert.All(encoder.EncodeChunks(shuffled, chunkRows: 4), chunk => Assert.Null(chunk.Targets));
        AssertSame(whole, encoder.Encode(encoder.Read(shuffled)));
    }

    [Fact]
    public void Streaming_names_what_is_wrong_with_a_new_file()
    {
        Table table = Table.ReadCsv(_folder.Write("t.csv", Csv));
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("z")], Splits.All(6), new EncoderOptions { Inputs = ["age", "city"] });
        Expect.Sentence(() => Run("age\n1\n"), "new.csv", "'city' is missing");
        Expect.Sentence(() => Run("city,age\nRome,1\nRome,young\n"), "new.csv", "line 3", "'age'", "'young'", "a number");
        Expect.Sentence(() => Run("city,age\n"), "new.csv", "no rows");
        Expect.Sentence(() => Run("city,age\nRome,1\nRome\n"), "new.csv", "line 3", "1 field");
        Expect.Sentence(() => Run("city,age\nRome,1\n", withTargets: true), "new.csv", "target column 'z'");
        Assert.Equal([0, 3], Run("city,age\nAtlantis,1\nRome,?\n").SelectMany(chunk => chunk.Categories));

        List<EncodedTable> Run(string text, bool withTargets = false) => [.. encoder.EncodeChunks(_folder.Write("new.csv", text), withTargets: withTargets)];
    }

    [Fact]
    public void Damage_to_the_file_is_one_sentence()
    {
        Table table = Table.ReadCsv(_folder.Write("t.csv", Csv));
        TableEncoder.Fit(table, [TargetColumn.Parse("z"), TargetColumn.Parse("y:regression")], Splits.All(6)).Save(_folder.PathOf("encoder.json"));
        string text = File.ReadAllText(_folder.PathOf("encoder.json"));
        Expect.Sentence(() => TableEncoder.Load(_folder.PathOf("none.json")), "none.json", "no such file");
        Damaged(text[..(text.Length / 2)], "truncated");
        Damaged("[]", "JSON object");
        Damaged(text.Replace("polymath-encoder", "other", StringComparison.Ordinal), "'format'", "'other'");
        Damaged(text.Replace("\"version\": 1", "\"version\": 99", StringComparison.Ordinal), "'version'", "99");
        Damaged(text.Replace("\"deviation\": ", "\"deviation\": -", StringComparison.Ordinal), "deviation", "positive");
        Damaged(text.Replace("\"kind\": \"numeric\"", "\"kind\": \"mystery\"", StringComparison.Ordinal), "inputs[0].kind", "'mystery'");
        Damaged(text.Replace("\"transform\": \"standardise\",", string.Empty, StringComparison.Ordinal), "inputs[0].transform", "missing");
        Damaged(text.Replace("\"multiclass\"", "\"binary\"", StringComparison.Ordinal), "targets[0].classes");
        Damaged(text.Replace("\"indicator\": true", "\"indicator\": 3", StringComparison.Ordinal), "indicator", "true or false");

        void Damaged(string content, params string[] parts) =>
            Assert.IsType<EncoderFormatException>(Expect.Sentence(() => TableEncoder.Load(_folder.Write("bad.json", content)), ["bad.json", .. parts]));
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        Table table = Table.ReadCsv(_folder.Write("t.csv", Csv));
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("z")], Splits.All(6));
        Expect.Sentence(() => encoder.Save(_folder.PathOf("no/such/folder/encoder.json")), "encoder.json", "cannot be written");
        Assert.Single(Directory.GetFileSystemEntries(_folder.Root));
    }

    internal static void AssertSame(EncodedTable expected, EncodedTable actual)
    {
        Assert.Equal(expected.NumericNames, actual.NumericNames);
        Assert.Equal(expected.Fields, actual.Fields);
        Assert.Equal(expected.Numeric.Select(BitConverter.SingleToInt32Bits), actual.Numeric.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(expected.Categories, actual.Categories);
        Assert.Equal(expected.Targets, actual.Targets);
        Assert.Equal(expected.TaskOfRow, actual.TaskOfRow);
        Assert.Equal(expected.Tasks.Select(task => (task.Name, task.Kind, task.Scale)), actual.Tasks.Select(task => (task.Name, task.Kind, task.Scale)));
        Assert.Equal(expected.Tasks.SelectMany(task => task.Classes), actual.Tasks.SelectMany(task => task.Classes));
    }
}
