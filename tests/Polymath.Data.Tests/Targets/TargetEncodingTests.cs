using Polymath.Data;

namespace Polymath.Tests;

public sealed class TargetEncodingTests
{
    private const float Missing = float.NaN;

    [Theory]
    [InlineData(new[] { "<=50K", ">50K" }, new[] { "<=50K", ">50K" })]
    [InlineData(new[] { "Yes", "no" }, new[] { "no", "Yes" })]
    [InlineData(new[] { "TRUE", "false" }, new[] { "false", "TRUE" })]
    [InlineData(new[] { "f", "T" }, new[] { "f", "T" })]
    [InlineData(new[] { "b", "a" }, new[] { "a", "b" })]
    public void Two_categories_are_binary_with_a_conventional_positive(string[] values, string[] classes)
    {
        TargetEncoding encoding = Fit("t", CategoricalColumn.FromTexts("t", [values[0], values[1], null, values[0]]));
        Assert.Equal((TargetKind.Binary, classes[0], classes[1]), (encoding.Kind, encoding.Classes[0], encoding.Classes[1]));
    }

    [Fact]
    public void Kinds_are_inferred_from_the_training_rows()
    {
        float[] many = [.. Enumerable.Range(0, 21).Select(i => (float)i)];
        Assert.Equal(TargetKind.Binary, Fit("t", new NumericColumn("t", [0, 1, Missing])).Kind);
        Assert.Equal(TargetKind.Regression, Fit("t", new NumericColumn("t", many)).Kind);
        Assert.Equal(TargetKind.Regression, Fit("t", new NumericColumn("t", [1, 2, 2.5f])).Kind);
        TargetEncoding few = Fit("t", new NumericColumn("t", [10, 2, 3, 10]));
        Assert.Equal(TargetKind.Multiclass, few.Kind);
        Assert.Equal(["2", "3", "10"], few.Classes);
        Assert.Equal(["a", "b", "c"], Fit("t", CategoricalColumn.FromTexts("t", ["c", "a", "b"])).Classes);
    }

    [Theory]
    [InlineData("n>=2", new[] { 0f, 1f, 1f, Missing })]
    [InlineData("n>2", new[] { 0f, 0f, 1f, Missing })]
    [InlineData("n<2", new[] { 1f, 0f, 0f, Missing })]
    [InlineData("n<=2", new[] { 1f, 1f, 0f, Missing })]
    [InlineData("n==2", new[] { 0f, 1f, 0f, Missing })]
    [InlineData("n!=2", new[] { 1f, 0f, 1f, Missing })]
    [InlineData("s==a", new[] { 1f, 0f, Missing, 1f })]
    [InlineData("s!=a", new[] { 0f, 1f, Missing, 0f })]
    [InlineData("d>=2024-02-01", new[] { 0f, Missing, 1f, 1f })]
    public void Comparisons_are_binary_and_missing_stays_missing(string target, float[] expected)
    {
        var table = new Table("t.csv",
        [
            new NumericColumn("n", [1, 2, 3, Missing]),
            CategoricalColumn.FromTexts("s", ["a", "b", null, "a"]),
            new DateColumn("d", [new DateTime(2024, 1, 31).Ticks, DateColumn.MissingTicks, new DateTime(2024, 2, 1).Ticks, new DateTime(2025, 1, 1).Ticks]),
        ]);
        TargetEncoding encoding = TargetEncoding.Fit(TargetColumn.Parse(target), table, [0, 1, 2, 3]);
        var values = new float[4];
        encoding.Encode(table, [0, 1, 2, 3], values);
        Assert.Equal(expected, values);
    }

    [Fact]
    public void Unknown_columns_and_kinds_suggest_the_nearest()
    {
        Fails("incme:binary", "t.csv", "target column 'incme'", "did you mean 'income'?");
        Fails("income:binry", "t.csv", "kind 'binry'", "did you mean 'binary'?");
        Fails("income==>50", "'>50'", "does not occur", "did you mean '>50K'?");
    }

    [Fact]
    public void Targets_nothing_can_be_learned_from_are_refused()
    {
        Fails("constant", "t.csv", "'constant'", "constant ('7' in all 3");
        Fails("empty", "t.csv", "'empty'", "missing in all 3");
        Fails("age>=200", "'age'", "constant (false in all 3");
        Fails("income==nothing alike", "does not occur", "<=50K, >50K");
    }

    [Fact]
    public void Labels_that_do_not_fit_the_kind_are_refused()
    {
        Fails("age:binary", "'age'", "39", "only 0 and 1", "age==50");
        Fails("three:binary", "3 classes", "'a', 'b', 'c'");
        Fails("income:regression", "'income'", "regression", "'<=50K'", "row 1", "numbers");
        Fails("age>=old", "'old'", "a number");
        Fails("income>5", "'income'", "== or !=");
        TargetEncoding count = TargetEncoding.Fit(TargetColumn.Parse("visits:count"), Census, [0, 1]);
        Expect.Sentence(() => count.Encode(Census, [2], new float[1]), "row 3", "'visits'", "-1", "0 or more");
    }

    [Fact]
    public void A_class_outside_the_training_rows_is_named()
    {
        TargetEncoding encoding = TargetEncoding.Fit(TargetColumn.Parse("three"), Census, [0, 1]);
        Expect.Sentence(() => encoding.Encode(Census, [2], new float[1]), "t.csv", "row 3", "'three'", "class 'c'", "training", "'a', 'b'; split stratified");

        // Few whole numbers are taken for classes, which is not always what was meant.
        var grades = new Table("t.csv", [new NumericColumn("grade", [10, 2, 3, 7])]);
        TargetEncoding classes = TargetEncoding.Fit(TargetColumn.Parse("grade"), grades, [0, 1, 2]);
        Expect.Sentence(() => classes.Encode(grades, [3], new float[1]), "row 4", "class '7'", "train it as a number with grade:regression", "split stratified");
    }

    [Fact]
    public void A_whole_table_with_an_unknown_class_is_not_to_be_split()
    {
        TargetEncoding encoding = TargetEncoding.Fit(TargetColumn.Parse("three"), Census, [0, 1]);
        string message = Expect.Sentence(() => encoding.Encode(Census, [0, 1, 2], new float[3]), "row 3", "class 'c'", "'a', 'b'; remove the rows or leave their labels empty").Message;
        Assert.DoesNotContain("split", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "5", "6", "abc", "7", "x" }, "'abc' (row 3)", "expected numbers")]
    [InlineData(new[] { "5", "1,5", "2,5", "1.5", "7" }, "'1.5' (row 4)", "expected numbers")]
    [InlineData(new[] { "5", null, "1,5", "2,25" }, "decimal comma such as '1,5' (row 3)", "--decimal ,")]
    [InlineData(new[] { "5", "6" }, "read as categories", "do not declare")]
    public void The_first_value_that_is_no_number_is_named(string?[] texts, string found, string expected)
    {
        var table = new Table("t.csv", [CategoricalColumn.FromTexts("g", texts)]);
        Expect.Sentence(() => TargetEncoding.Fit(TargetColumn.Parse("g:regression"), table, Splits.All(texts.Length)), "t.csv, column 'g'", "regression", found, expected);
    }

    private static readonly Table Census = new("t.csv",
    [
        CategoricalColumn.FromTexts("income", ["<=50K", ">50K", "<=50K"]),
        new NumericColumn("age", [39, 50, 41]),
        new NumericColumn("constant", [7, 7, 7]),
        new NumericColumn("empty", [Missing, Missing, Missing]),
        CategoricalColumn.FromTexts("three", ["a", "b", "c"]),
        new NumericColumn("visits", [0, 3, -1]),
    ]);

    private static TargetEncoding Fit(string target, Column column) =>
        TargetEncoding.Fit(TargetColumn.Parse(target), new Table("t.csv", [column]), Splits.All(column.Rows));

    private static void Fails(string target, params string[] parts) =>
        Expect.Sentence(() => TargetEncoding.Fit(TargetColumn.Parse(target), Census, Splits.All(Census.Rows)), parts);
}
