using Polymath.Data;

namespace Polymath.Tests;

/// <summary>A first row that may have been taken for the header.</summary>
public sealed class GuessedHeaderTests : IDisposable
{
    private const string Doubt = "line 1 was taken for the header, with '5.1' as the name of a column of numbers; if it is a row, use --header no or --columns";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_number_as_the_name_of_a_column_of_numbers_is_noted_and_explains_an_unknown_column()
    {
        Table table = Read("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.2,virginica\n6.3,2.9,virginica\n");
        Assert.Equal(3, table.Rows);
        Assert.Contains(Doubt, TableEncoder.Fit(table, [TargetColumn.Parse("setosa")], [0, 1, 2]).Notes);
        Expect.Sentence(() => TargetEncoding.Fit(TargetColumn.Parse("species"), table, [0, 1, 2]), "target column 'species'", $"({Doubt})", "known: 5.1, 3.5, setosa");
        Expect.Sentence(() => _ = table.Without("setosa")["species"], Doubt);
    }

    [Fact]
    public void The_line_is_that_of_the_file()
        => Expect.Sentence(() => _ = Read("a comment\n\n5.1,setosa\n4.9,virginica\n", new ReadOptions { SkipLines = 1 })["c1"], "(line 3 was taken for the header");

    [Theory]
    [InlineData("length,species\n4.9,setosa\n", null)]
    [InlineData("5.1,setosa\n4.9,virginica\n", true)]
    [InlineData("5.1,setosa\n4.9,virginica\n", false)]
    [InlineData("x,1990\na,red\nb,blue\n", null)]
    [InlineData("0,1,2\n4,5,6\n7,8,9\n", null)]
    [InlineData("Infinity,NaN,name\n1,2,a\n", null)]
    public void Nothing_is_doubted_when_names_are_words_or_the_header_was_told(string text, bool? header)
        => Assert.DoesNotContain("was taken", Expect.Sentence(() => _ = Read(text, new ReadOptions { Header = header })["none such"], "there is no column").Message, StringComparison.Ordinal);

    private Table Read(string text, ReadOptions? options = null) => Table.ReadCsv(_folder.Write("t.csv", text), options, TestContext.Current.CancellationToken);
}
