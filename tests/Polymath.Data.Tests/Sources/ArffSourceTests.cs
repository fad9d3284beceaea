using Polymath.Data;

namespace Polymath.Tests;

public sealed class ArffSourceTests : IDisposable
{
    private const string Header = "% a comment\n@RELATION 'two words'\n\n@attribute size numeric\n@ATTRIBUTE 'the colour' { red, 'dark blue' ,green}\n@attribute \"it's\"\tREAL\n@attribute label {0,1}\n@data\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Dense_rows_read_with_quotes_escapes_comments_and_missing_values()
    {
        Table table = Read(Header + "1.5, red, -2, 0\n% between\n\n?,'dark blue',3e2,1\n7 ,\"dark blue\", ? ,1\n");
        Assert.Equal(["size", "the colour", "it's", "label"], table.ColumnNames);
        Assert.Equal(["1.5", "7"], new[] { 0, 2 }.Select(table["size"].Text));
        Assert.Equal(["red", "dark blue", "dark blue"], Enumerable.Range(0, 3).Select(table["the colour"].Text));
        Assert.Equal(["-2", "300"], Enumerable.Range(0, 2).Select(table["it's"].Text));
        Assert.True(table["size"].IsMissing(1) && table["it's"].IsMissing(2));
        Assert.Equal(ColumnKind.Numeric, table["label"].Kind);
        Table quoted = Read("@relation r\n@attribute 'Stellar\\'s Jay' {'a,b','c}'}\n@data\n'a,b'\n'c}'\n");
        Assert.Equal("Stellar's Jay", quoted.ColumnNames.Single());
        Assert.Equal(["a,b", "c}"], Enumerable.Range(0, 2).Select(quoted.Columns[0].Text));
    }

    [Fact]
    public void Sparse_rows_leave_out_zeros_and_first_values()
    {
        Table table = Read(Header + "{0 2.5,3 1}\n{}\n{ 1 'dark blue' , 2 ? }\n");
        Assert.Equal(["2.5", "0", "0"], Enumerable.Range(0, 3).Select(table["size"].Text));
        Assert.Equal(["red", "red", "dark blue"], Enumerable.Range(0, 3).Select(table["the colour"].Text));
        Assert.Equal(["1", "0", "0"], Enumerable.Range(0, 3).Select(table["label"].Text));
        Assert.True(table["it's"].IsMissing(2));
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "line 1", "'a,b'", "@attribute")]
    [InlineData("@relation r\n@attribute a numeric\n", "ends before @data")]
    [InlineData("@relation r\n@data\n1\n", "line 2", "before any @attribute")]
    [InlineData("@attribute a\n@data\n1\n", "line 1", "without name or type")]
    [InlineData("@attribute a relational\n@data\n1\n", "'a' is relational")]
    [InlineData("@attribute a numeric\n@attribute b numeric\n@data\n1,2\n1,2,3\n", "line 5", "found 3 values", "expected 2")]
    [InlineData("@attribute a numeric\n@data\n{1 2}\n", "line 3", "index '1'", "expected 0 to 0")]
    [InlineData("@attribute a numeric\n@data\n{0 2\n", "line 3", "without '}'")]
    [InlineData("@attribute a {x,'y\n@data\n", "line 1", "quoted value without its end")]
    [InlineData("@attribute a numeric\n@data\n% nothing\n", "no rows after @data")]
    public void Mistakes_are_one_sentence_with_the_line(string text, params string[] parts) => Expect.Sentence(() => Read(text), ["d.arff", .. parts]);

    [Fact]
    public void A_file_that_is_not_there_is_named() => Expect.Sentence(() => Table.Read(_folder.PathOf("none.arff")), "none.arff", "no such file");

    private Table Read(string text) => Table.Read(_folder.Write("d.arff", text));
}
