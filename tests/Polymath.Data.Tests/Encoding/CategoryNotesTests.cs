using Polymath.Data;

namespace Polymath.Tests;

/// <summary>Notes about columns of texts that are probably something else than categories.</summary>
public sealed class CategoryNotesTests
{
    private const string ListNote = "column 'x' looks like lists of ids; read it as such with --sequence x";
    private const string CommaNote = "every value of column 'x' is a number with a decimal comma, and each number is one category; read them as numbers with --decimal ,";

    [Fact]
    public void Lists_of_ids_are_noted_and_nothing_is_when_they_are_read_as_such()
    {
        string[] lists = [.. Enumerable.Range(0, 60).Select(i => $"i{i % 7}|i{i % 5}")];
        Assert.Contains(ListNote, Notes(lists));
        Assert.DoesNotContain(Notes(lists, new EncoderOptions { Sequences = [SequenceColumn.Parse("x")] }), note => note.Contains("looks like", StringComparison.Ordinal));
        Assert.DoesNotContain(Notes(lists, new EncoderOptions { Drop = ["x"] }), note => note.Contains("looks like", StringComparison.Ordinal));
        Assert.DoesNotContain(Notes(lists, new EncoderOptions { ReadsLists = false }), note => note.Contains("--sequence", StringComparison.Ordinal));
    }

    [Fact]
    public void Few_texts_with_a_bar_are_no_lists() => Assert.Empty(Notes([.. Enumerable.Range(0, 60).Select(i => i % 6 == 0 ? "a|b" : $"c{i % 6}")]));

    [Fact]
    public void Numbers_with_a_decimal_comma_are_noted_whether_they_repeat_or_not()
    {
        Assert.Contains(CommaNote, Notes([.. Enumerable.Range(0, 60).Select(i => $"{i % 3},5")]));
        Assert.Contains(CommaNote, Notes([.. Enumerable.Range(0, 60).Select(i => $"{i},25")]));
        Assert.DoesNotContain(CommaNote, Notes([.. Enumerable.Range(0, 60).Select(i => i == 7 ? "none" : $"{i % 3},5")]));
        Assert.DoesNotContain(CommaNote, Notes([.. Enumerable.Range(0, 60).Select(i => $"{i % 3}")]));
    }

    [Theory]
    [InlineData(60, 31, true)]     // 31 of 60 are more than half
    [InlineData(60, 30, false)]
    [InlineData(48, 48, false)]    // too few values to tell
    public void Mostly_different_texts_are_noted_with_their_counts(int rows, int distinct, bool noted)
    {
        IReadOnlyList<string> notes = Notes([.. Enumerable.Range(0, rows).Select(i => $"name {i % distinct}")], new EncoderOptions { MinFrequency = 1 });
        if (!noted) Assert.Empty(notes);
        else Assert.StartsWith($"column 'x' has {distinct} different values in {rows} training rows", Assert.Single(notes), StringComparison.Ordinal);
        foreach (string remedy in (string[])["--drop x", "--sequence x", "--decimal ,"]) Assert.Equal(noted, notes.Any(note => note.Contains(remedy, StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_training_rows_count()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => i < 100 ? $"kind {i % 4}" : $"name {i}")];
        Assert.Empty(Notes(texts, new EncoderOptions { MinFrequency = 1 }, rows: 100));
        Assert.NotEmpty(Notes(texts, new EncoderOptions { MinFrequency = 1 }));
    }

    [Fact]
    public void Whole_numbers_taken_for_classes_are_noted_unless_the_kind_is_given()
    {
        Assert.Equal("target 'grade': 6 whole numbers, taken as classes; write grade:regression for a number", Assert.Single(Of("grade")));
        Assert.Equal("target 'g': 6 whole numbers, taken as classes; write g=grade:regression for a number", Assert.Single(Of("g=grade")));
        foreach (string told in (string[])["grade:multiclass", "grade:regression", "grade>=3", "half", "yes", "word"]) Assert.Empty(Of(told));

        static IReadOnlyList<string> Of(string target)
        {
            int[] rows = Splits.All(60);
            var table = new Table("t.csv",
            [
                new NumericColumn("a", [.. rows.Select(row => (float)row)]),
                new NumericColumn("grade", [.. rows.Select(row => (float)(row % 6))]),
                new NumericColumn("half", [.. rows.Select(row => row % 6 / 2f)]),
                new NumericColumn("yes", [.. rows.Select(row => (float)(row % 2))]),
                CategoricalColumn.FromTexts("word", rows.Select(row => $"w{row % 3}")),
            ]);
            return TableEncoder.Fit(table.Select("a", TargetColumn.Parse(target).Column), [TargetColumn.Parse(target)], rows).Notes;
        }
    }

    private static IReadOnlyList<string> Notes(string[] texts, EncoderOptions? options = null, int? rows = null)
    {
        var table = new Table("t.csv",
        [
            CategoricalColumn.FromTexts("x", texts),
            new NumericColumn("a", [.. texts.Select((_, i) => (float)(i % 9))]),
            new NumericColumn("y", [.. texts.Select((_, i) => (float)(i % 2))]),
        ]);
        return TableEncoder.Fit(table, [TargetColumn.Parse("y:binary")], Splits.All(rows ?? texts.Length), options).Notes;
    }
}
