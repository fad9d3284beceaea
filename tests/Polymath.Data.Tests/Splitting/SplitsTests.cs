using FsCheck;
using FsCheck.Fluent;
using Polymath.Data;

namespace Polymath.Tests;

public sealed class SplitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_row_is_in_exactly_one_part_and_the_seed_decides() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Rows, byte Validation, byte Test, int Seed)>(), draw =>
        {
            (PositiveInt rows, byte a, byte b, int seed) = draw;
            double validation = a / 600.0, test = b / 600.0;
            Split split = Splits.Random(rows.Get, validation, test, (ulong)(uint)seed);
            Split again = Splits.Random(rows.Get, validation, test, (ulong)(uint)seed);
            Assert.Equal(Splits.All(rows.Get), split.Train.Concat(split.Validation).Concat(split.Test).Order());
            Assert.Equal(split.Train, again.Train);
            Assert.Equal(split.Test, again.Test);
            Assert.InRange(split.Test.Length, (rows.Get * test) - 1, (rows.Get * test) + 1);
            Assert.NotEmpty(split.Train);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Other_seeds_give_other_splits() => Assert.NotEqual(Splits.Random(1000, seed: 1).Test, Splits.Random(1000, seed: 2).Test);

    [Fact]
    public void A_stratified_split_keeps_the_mix_of_every_combination()
    {
        string[] kinds = ["a", "a", "a", "b"];
        var table = new Table("t.csv",
        [
            CategoricalColumn.FromTexts("kind", Enumerable.Range(0, 1000).Select(i => kinds[i % 4])),
            new NumericColumn("bought", [.. Enumerable.Range(0, 1000).Select(i => i % 10 == 0 ? 1f : 0f)]),
        ]);
        int[] strata = Splits.Strata(table, [TargetColumn.Parse("kind"), TargetColumn.Parse("bought:binary")]);
        Split split = Splits.Stratified(strata, 0.1, 0.2, seed: 3);
        Assert.Equal((700, 100, 200), (split.Train.Length, split.Validation.Length, split.Test.Length));
        foreach (IGrouping<int, int> stratum in Splits.All(1000).GroupBy(row => strata[row]))
        {
            Assert.InRange(split.Test.Count(row => strata[row] == stratum.Key), (stratum.Count() * 0.2) - 1, (stratum.Count() * 0.2) + 1);
        }
    }

    [Fact]
    public void A_stratum_of_one_row_is_for_training()
    {
        Split split = Splits.Stratified([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0.3, 0.3, seed: 0);
        Assert.Contains(9, split.Train);
    }

    [Fact]
    public void Numbers_to_regress_are_no_strata()
    {
        var table = new Table("t.csv", [new NumericColumn("y", [.. Enumerable.Range(0, 50).Select(i => i / 2f)])]);
        Expect.Sentence(() => Splits.Strata(table, [TargetColumn.Parse("y")]), "'y' is regression", "classes");
    }

    [Fact]
    public void Numbers_beside_classes_are_passed_over()
    {
        var table = new Table("t.csv", [new NumericColumn("y", [.. Enumerable.Range(0, 50).Select(i => i / 2f)]), CategoricalColumn.FromTexts("kind", Enumerable.Range(0, 50).Select(i => $"k{i % 3}"))]);
        Assert.Equal(Splits.Strata(table, [TargetColumn.Parse("kind")]), Splits.Strata(table, [TargetColumn.Parse("y"), TargetColumn.Parse("kind")]));
    }

    [Fact]
    public void A_column_can_say_the_part()
    {
        var table = new Table("t.csv", [CategoricalColumn.FromTexts("split", ["train", "Test", "dev", "training", "val"])]);
        Split split = Splits.ByColumn(table, "split");
        Assert.Equal([0, 3], split.Train);
        Assert.Equal([2, 4], split.Validation);
        Assert.Equal([1], split.Test);
        Expect.Sentence(() => Splits.ByColumn(table, "splt"), "split column 'splt'", "did you mean 'split'?");
        Expect.Sentence(() => Splits.ByColumn(new Table("t.csv", [CategoricalColumn.FromTexts("s", ["train", "tset"])]), "s"), "row 2", "'s'", "'tset'");
        Expect.Sentence(() => Splits.ByColumn(new Table("t.csv", [CategoricalColumn.FromTexts("s", ["train", null])]), "s"), "row 2", "missing");
        Expect.Sentence(() => Splits.ByColumn(new Table("t.csv", [CategoricalColumn.FromTexts("s", ["test", "test"])]), "s"), "no training row");
    }

    [Fact]
    public void Groups_stay_together()
    {
        var table = new Table("t.csv", [new NumericColumn("person", [.. Enumerable.Range(0, 500).Select(i => (float)(i % 25))])]);
        Split split = Splits.ByGroup(table, "person", 0.1, 0.2, seed: 5);
        int[][] groups = [.. new[] { split.Train, split.Validation, split.Test }.Select(rows => rows.Select(row => row % 25).Distinct().ToArray())];
        Assert.Equal(25, groups.Sum(part => part.Length));
        Assert.Equal(100, split.Test.Length);
        Expect.Sentence(() => Splits.ByGroup(table, "persn"), "group column 'persn'");
    }

    [Fact]
    public void A_file_can_list_the_test_rows()
    {
        Split split = Splits.ByRowFile(6, _folder.WriteGzip("rows.txt.gz", "4\n0\n"), validation: 0.25);
        Assert.Equal([0, 4], split.Test);
        Assert.Single(split.Validation);
        Assert.Equal(3, split.Train.Length);
        Expect.Sentence(() => Splits.ByRowFile(6, _folder.Write("rows.txt", "1\n6\n")), "rows.txt", "line 2", "'6'", "0 to 5");
        Expect.Sentence(() => Splits.ByRowFile(6, _folder.Write("rows.txt", "1\n-2\n")), "line 2", "'-2'");
        Expect.Sentence(() => Splits.ByRowFile(6, _folder.Write("rows.txt", "1\n1\n")), "line 2", "row 1", "twice");
        Expect.Sentence(() => Splits.ByRowFile(6, _folder.PathOf("none.txt")), "none.txt", "no such file");
    }

    [Fact]
    public void Folds_cover_every_row_once_and_spread_the_strata()
    {
        int[] strata = [.. Enumerable.Range(0, 103).Select(i => i % 20 == 0 ? 1 : 0)];
        Split[] folds = Splits.KFold(103, 5, seed: 1, strata);
        Assert.Equal(Splits.All(103), folds.SelectMany(fold => fold.Test).Order());
        Assert.All(folds, fold => Assert.InRange(fold.Test.Length, 20, 21));
        Assert.All(folds, fold => Assert.InRange(fold.Test.Count(row => strata[row] == 1), 1, 2));
        Assert.All(folds, fold => Assert.Equal(103, fold.Train.Length + fold.Test.Length));
        Expect.Sentence(() => Splits.KFold(3, 4), "folds", "4", "2 to 3");
    }

    [Theory]
    [InlineData(-0.1, 0.2)]
    [InlineData(0.1, 1.0)]
    [InlineData(double.NaN, 0.1)]
    [InlineData(0.5, 0.5)]
    public void Fractions_out_of_range_are_refused(double validation, double test) => Expect.Sentence(() => Splits.Random(10, validation, test), "fraction");

    [Fact]
    public void A_class_only_outside_training_is_named_when_the_rows_are_encoded()
    {
        var table = new Table("t.csv", [new NumericColumn("x", [1, 2, 3, 4]), CategoricalColumn.FromTexts("k", ["a", "b", "a", "rare"])]);
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("k")], [0, 1, 2]);
        Expect.Sentence(() => encoder.Encode(table, [3]), "t.csv", "row 4", "'k'", "class 'rare'", "training");
    }
}
