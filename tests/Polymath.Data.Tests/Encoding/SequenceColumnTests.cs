using Polymath.Data;

namespace Polymath.Tests;

public sealed class SequenceColumnTests : IDisposable
{
    private const string Csv = "user,item,history,tags,y\nu1,a,,x;y,0\nu1,b,a,x,1\nu1,c,a|b, ,0\nu2,a,b | zz || b,y;x,1\nu2,b,a|b|c|a,,1\n";
    private static readonly TargetColumn[] s_target = [TargetColumn.Parse("y:binary")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("history", "history", null, 50)]
    [InlineData("history=item_id", "history", "item_id", 50)]
    [InlineData(" history = item id : 20 ", "history", "item id", 20)]
    [InlineData("a:b=c:d", "a:b", "c:d", 50)]
    [InlineData("tags:7", "tags", null, 7)]
    public void The_notation_is_read_and_written(string text, string column, string? item, int length)
    {
        SequenceColumn parsed = SequenceColumn.Parse(text);
        Assert.Equal(new SequenceColumn(column, item, length), parsed);
        Assert.Equal(parsed, SequenceColumn.Parse(parsed.ToString()));
    }

    [Theory]
    [InlineData("", "empty name")]
    [InlineData("=item", "empty name")]
    [InlineData("history=", "empty name")]
    [InlineData("history:0", "found the length 0")]
    [InlineData("history:99999999999", "found the length 99999999999")]
    public void A_wrong_notation_is_refused(string text, string expected) => Expect.Sentence(() => SequenceColumn.Parse(text), expected);

    [Fact]
    public void Lists_have_the_ids_of_their_item_column_and_keep_the_most_recent()
    {
        Table table = Read();
        TableEncoder encoder = Fit(table, new SequenceColumn("history", "item", 2));
        EncodedTable encoded = encoder.Encode(table);
        SequenceField field = Assert.Single(encoder.Sequences);
        Assert.Equal(["user", "item", "tags"], encoder.Fields.Select(known => known.Name));

        // Every item and 'zz', which occurs in a list only: unknown, a, b, c, zz.
        Assert.Equal(new SequenceField("history", 5, 2, "item"), field);
        Assert.Equal(5, encoder.Fields[1].Cardinality);
        EncodedSequence lists = Assert.Single(encoded.Sequences);
        Assert.Equal([[], [1], [1, 2], [4, 2], [3, 1]], Enumerable.Range(0, 5).Select(row => lists[row].ToArray()));
        Assert.Equal([1, 2, 3, 1, 2], Enumerable.Range(0, 5).Select(row => encoded.CategoryRow(row)[1]));
        EncodedSequence taken = encoded.Take([4, 0, 2]).Sequences[0];
        Assert.Equal([[3, 1], [], [1, 2]], Enumerable.Range(0, 3).Select(row => taken[row].ToArray()));
    }

    [Fact]
    public void An_id_unknown_to_training_stays_in_the_list_as_zero()
    {
        Table table = Read();
        var encoder = TableEncoder.Fit(table, s_target, [0, 1, 2], new EncoderOptions { MinFrequency = 1, Sequences = [new SequenceColumn("history", "item")], Drop = ["tags", "user"] });
        Assert.Equal([2, 0, 2], encoder.Encode(table, [3]).Sequences[0].Ids);
    }

    [Fact]
    public void Ids_of_their_own_and_another_separator()
    {
        Table table = Read();
        var options = new EncoderOptions { MinFrequency = 1, ListSeparator = ';', Sequences = [new SequenceColumn("tags")], Drop = ["history"] };
        var encoder = TableEncoder.Fit(table, s_target, Splits.All(5), options);
        Assert.Equal(3, encoder.Sequences[0].Cardinality);
        EncodedSequence tags = encoder.Encode(table).Sequences[0];
        Assert.Equal([[1, 2], [1], [], [2, 1], []], Enumerable.Range(0, 5).Select(row => tags[row].ToArray()));
    }

    [Fact]
    public void A_saved_encoder_and_a_stream_give_the_same_lists()
    {
        Table table = Read();
        TableEncoder encoder = Fit(table, new SequenceColumn("history", "item", 3), new SequenceColumn("tags", null, 1));
        encoder.Save(_folder.PathOf("encoder.json"));
        TableEncoder loaded = TableEncoder.Load(_folder.PathOf("encoder.json"));
        Assert.Equal(encoder.Sequences, loaded.Sequences);
        loaded.Save(_folder.PathOf("again.json"));
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("encoder.json")), File.ReadAllBytes(_folder.PathOf("again.json")));
        EncodedTable whole = encoder.Encode(table);
        int start = 0;
        foreach (EncodedTable chunk in loaded.EncodeChunks(_folder.PathOf("t.csv"), chunkRows: 2))
        {
            for (int s = 0; s < 2; s++)
            {
                for (int row = 0; row < chunk.Rows; row++) Assert.Equal(whole.Sequences[s][start + row].ToArray(), chunk.Sequences[s][row].ToArray());
            }

            start += chunk.Rows;
        }

        Assert.Equal(5, start);
    }

    [Fact]
    public void An_item_column_of_numbers_is_one_of_names()
    {
        Table table = Table.ReadCsv(_folder.Write("n.csv", "item,history,y\n12,,0\n7,12,1\n12,12|7,0\n7,7,1\n"), new ReadOptions { NumericColumns = ["item"], CategoricalColumns = ["history"] });
        var encoder = TableEncoder.Fit(table, s_target, Splits.All(4), new EncoderOptions { MinFrequency = 1, Sequences = [new SequenceColumn("history", "item")] });
        Assert.Equal([1, 1, 2, 2], encoder.Encode(table).Sequences[0].Ids);
        Assert.Equal([1, 2, 1, 2], encoder.Encode(table).Categories);
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        Table table = Read(), dates = Table.ReadCsv(_folder.Write("d.csv", "item,day,y\na,2024-01-01,0\nb,2024-01-02,1\n"));
        Refused(table, new() { Sequences = [new("histori")] }, "there is no sequence column 'histori'", "history");
        Refused(table, new() { Sequences = [new("history", "itm")] }, "item column of the sequence 'history'", "'itm'", "item");
        Refused(table, new() { Sequences = [new("history"), new("history")] }, "named twice");
        Refused(table, new() { Sequences = [new("y")] }, "'y' is a sequence and the source of a target");
        Refused(table, new() { Sequences = [new("history")], Drop = ["history"] }, "a sequence and dropped");
        Refused(table, new() { Sequences = [new("history", "item")], Drop = ["item"] }, "'item' is no input of the model");
        Refused(table, new() { Sequences = [new("history", "tags"), new("tags")] }, "'tags' is the item column of 'history' and a sequence itself");
        Refused(table, new() { Sequences = [new("history", MaxLength: 0)] }, "found the length 0");
        Refused(dates, new() { Sequences = [new("day")] }, "'day' holds dates");
        Refused(dates, new() { Sequences = [new("item", "day")] }, "'day' holds dates");

        static void Refused(Table table, EncoderOptions options, params string[] parts) => Expect.Sentence(() => TableEncoder.Fit(table, s_target, Splits.All(table.Rows), options), parts);
    }

    [Fact]
    public void A_column_of_empty_lists_is_dropped_with_a_note()
    {
        var table = new Table("t", [CategoricalColumn.FromTexts("history", [null, null]), CategoricalColumn.FromTexts("tags", ["x", "y"]), CategoricalColumn.FromTexts("y", ["0", "1"])]);
        var encoder = TableEncoder.Fit(table, s_target, [0, 1], new EncoderOptions { MinFrequency = 1, Sequences = [new SequenceColumn("history"), new SequenceColumn("tags")] });
        Assert.Equal("tags", Assert.Single(encoder.Sequences).Name);
        Assert.Contains(encoder.Notes, note => note.Contains("'history' is dropped: its list is empty", StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_of_a_hashed_item_column_are_hashed_alike()
    {
        Table table = Read();
        var options = new EncoderOptions { MinFrequency = 1, MaxIds = 3, Sequences = [new SequenceColumn("history", "item")], Drop = ["tags", "user"] };
        TableEncoder encoder = TableEncoder.Fit(table, s_target, Splits.All(5), options);
        EncodedTable encoded = encoder.Encode(table);
        Assert.Equal((3, 3), (encoder.Fields[0].Cardinality, encoder.Sequences[0].Cardinality));
        Assert.Equal([encoded.Categories[0], encoded.Categories[1], encoded.Categories[2], encoded.Categories[0]], encoded.Sequences[0][4].ToArray());
        encoder.Save(_folder.PathOf("encoder.json"));
        Assert.Equal(encoded.Sequences[0].Ids, TableEncoder.Load(_folder.PathOf("encoder.json")).Encode(table).Sequences[0].Ids);
    }

    [Fact]
    public void A_damaged_file_says_what_is_wrong_with_a_sequence()
    {
        Fit(Read(), new SequenceColumn("history", "item", 3)).Save(_folder.PathOf("encoder.json"));
        string json = File.ReadAllText(_folder.PathOf("encoder.json"));
        Damaged("\"item\": \"item\"", "\"item\": \"itm\"", "'itm'", "a categorical input listed before");
        Damaged("\"max-length\": 3", "\"max-length\": 0", "max-length", "a whole number in [1");
        Damaged("\"separator\": \"|\"", "\"separator\": \"||\"", "separator", "one character");

        void Damaged(string from, string to, params string[] parts)
        {
            Assert.Contains(from, json, StringComparison.Ordinal);
            Expect.Sentence(() => TableEncoder.Load(_folder.Write("bad.json", json.Replace(from, to, StringComparison.Ordinal))), parts);
        }
    }

    [Fact]
    public void A_schema_shows_lists_as_lists()
    {
        ColumnSummary history = Read().Schema.Columns[2];
        Assert.Equal(new ListSummary(2.5, 4, 4), history.Lists);
        Assert.Equal("lists of 2.5 ids on average, at most 4; 4 different ids", history.Values);
        Assert.All(Read().Schema.Columns.Where(column => column.Name != "history"), column => Assert.Null(column.Lists));
    }

    private Table Read() => Table.ReadCsv(_folder.Write("t.csv", Csv));

    private static TableEncoder Fit(Table table, params SequenceColumn[] sequences) => TableEncoder.Fit(table, s_target, Splits.All(5), new EncoderOptions { MinFrequency = 1, Sequences = sequences });
}
