using Polymath.Data;

namespace Polymath.Tests;

public sealed class TableEncoderTests
{
    private const float Missing = float.NaN;

    private static readonly Table Shop = new("shop.csv",
    [
        new NumericColumn("age", [1, 3, Missing, 5, 100]),
        CategoricalColumn.FromTexts("city", ["Rome", "Oslo", "Rome", null, "Paris"]),
        CategoricalColumn.FromTexts("plan", ["a", "a", "b", "b", "z"]),
        new NumericColumn("same", [4, 4, 4, 4, 9]),
        new DateColumn("since", [.. new[] { "2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2030-06-01" }.Select(text => DateTime.Parse(text).Ticks)]),
        new NumericColumn("spent", [10, 20, Missing, 30, 40]),
        CategoricalColumn.FromTexts("churned", ["no", "yes", "no", null, "yes"]),
    ]);

    private static readonly TargetColumn[] Targets = [TargetColumn.Parse("spent:regression"), TargetColumn.Parse("churned")];

    private static readonly int[] Train = [0, 1, 2, 3];

    [Fact]
    public void Numbers_are_standardised_by_the_training_rows_with_a_missing_indicator()
    {
        EncodedTable encoded = Fit().Encode(Shop, [0, 1, 2, 3, 4]);
        Assert.Equal(["age", "age is missing"], encoded.NumericNames.Take(2));
        double deviation = Math.Sqrt(8.0 / 3);   // of 1, 3, 5 around 3
        float[] expected = [(float)(-2 / deviation), 0, 0, (float)(2 / deviation), (float)(97 / deviation)];
        for (int row = 0; row < 5; row++)
        {
            Assert.Equal(expected[row], encoded.NumericRow(row)[0], 1e-5f);
            Assert.Equal(row == 2 ? 1f : 0f, encoded.NumericRow(row)[1]);
        }
    }

    [Fact]
    public void Categories_get_ids_with_zero_for_unknown_and_one_for_missing()
    {
        EncodedTable encoded = Fit(new EncoderOptions { MinFrequency = 1 }).Encode(Shop, [0, 1, 2, 3, 4]);
        Assert.Equal([new CategoricalField("city", 4), new CategoricalField("plan", 3)], encoded.Fields);
        Assert.Equal([3, 1, 2, 1, 3, 2, 1, 2, 0, 0], encoded.Categories);
    }

    [Fact]
    public void Rare_categories_share_the_unknown_id()
    {
        TableEncoder encoder = Fit(new EncoderOptions { MinFrequency = 2 });
        Assert.Equal([new CategoricalField("city", 3), new CategoricalField("plan", 3)], encoder.Fields);
        Assert.Equal([2, 0, 2, 1, 0], Enumerable.Range(0, 5).Select(row => encoder.Encode(Shop).CategoryRow(row)[0]));
    }

    [Fact]
    public void Constant_columns_and_constant_date_parts_are_dropped_with_a_note()
    {
        TableEncoder encoder = Fit();
        Assert.Contains(encoder.Notes, note => note.Contains("'same'", StringComparison.Ordinal) && note.Contains('4'));
        Assert.DoesNotContain("same", encoder.InputColumns);
        Assert.Equal(["since day of week", "since day of year"], encoder.NumericNames.Where(name => name.StartsWith("since", StringComparison.Ordinal)));
    }

    [Fact]
    public void Targets_and_their_sources_are_never_inputs()
    {
        Assert.DoesNotContain("spent", Fit().InputColumns);
        Assert.DoesNotContain("churned", Fit().InputColumns);
        Fails(new EncoderOptions { Inputs = ["age", "spent"] }, "'spent'", "input and the source of a target");
    }

    [Fact]
    public void Regression_targets_are_standardised_and_undone()
    {
        TableEncoder encoder = Fit();
        EncodedTable encoded = encoder.Encode(Shop);
        TaskDescription spent = encoder.Tasks[0];
        Assert.Equal((20.0, TargetKind.Regression, 1), (spent.Scale.Mean, spent.Kind, spent.Outputs));
        Assert.Equal([10f, 20f, Missing, 30f, 40f], Enumerable.Range(0, 5).Select(row => spent.Scale.Undo(encoded.Target(row, 0))));
        Assert.Equal([0f, 1f, 0f, Missing, 1f], Enumerable.Range(0, 5).Select(row => encoded.Target(row, 1)));
        Assert.False(encoded.IsObserved(3, 1));
        Assert.Equal(["no", "yes"], encoder.Tasks[1].Classes);
    }

    [Fact]
    public void Columns_come_in_any_order_with_extras_and_without_targets()
    {
        TableEncoder encoder = Fit();
        var columns = Shop.Columns.Where(column => column.Name is not ("spent" or "churned")).Reverse().Append(new NumericColumn("extra", new float[5]));
        EncodedTable encoded = encoder.Encode(new Table("new.csv", columns));
        Assert.Null(encoded.Targets);
        Assert.Equal(encoder.Encode(Shop).Numeric, encoded.Numeric);
        Assert.Throws<InvalidOperationException>(() => encoded.Target(0, 0));
    }

    [Fact]
    public void A_missing_input_column_is_named()
    {
        Expect.Sentence(() => Fit().Encode(Shop.Without("city")), "shop.csv", "input column 'city' is missing");
        Expect.Sentence(() => Fit().Encode(new Table("x.csv", Shop.Columns.Where(column => column.Name != "age").Append(new NumericColumn("Age", new float[5])))), "'age'", "nearest column is 'Age'");
    }

    [Fact]
    public void A_text_where_training_had_numbers_names_the_row()
    {
        var table = Shop.Without("age").With(CategoricalColumn.FromTexts("age", ["a", "b", "c", "d", "e"]));
        Expect.Sentence(() => Fit().Encode(table), "row 1", "'age'", "'a'", "a number");
    }

    [Fact]
    public void Numbers_where_training_had_categories_match_by_text()
    {
        var table = new Table("t.csv", [CategoricalColumn.FromTexts("k", ["1", "2", "1", "2"]), new NumericColumn("y", [0, 1, 0, 1])]);
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("y")], [0, 1, 2, 3]);
        Assert.Equal([2, 0], encoder.Encode(new Table("n.csv", [new NumericColumn("k", [2, 7])])).Categories);
    }

    [Fact]
    public void Quantiles_become_normal_scores()
    {
        float[] values = [.. Enumerable.Range(0, 201).Select(i => MathF.Exp(i / 10f))];
        var table = new Table("t.csv", [new NumericColumn("x", values), new NumericColumn("y", [.. values.Select((_, i) => (float)(i % 2))])]);
        EncodedTable encoded = TableEncoder.Fit(table, [TargetColumn.Parse("y")], Splits.All(201), new EncoderOptions { Numeric = NumericTransform.Quantile }).Encode(table);
        Assert.Equal(0f, encoded.Numeric[100], 1e-4f);
        for (int i = 1; i < 200; i++)
        {
            Assert.True(encoded.Numeric[i] > encoded.Numeric[i - 1]);
            Assert.Equal(encoded.Numeric[i], -encoded.Numeric[200 - i], 1e-3f);
        }

        Assert.All(encoded.Numeric, score => Assert.InRange(score, -5.3f, 5.3f));
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.8413447460685429, 1)]
    [InlineData(0.0013498980316300933, -3)]
    [InlineData(2.866515718791939e-07, -5)]
    [InlineData(9.865876450376981e-10, -6)]
    [InlineData(6.22096057427178e-16, -8)]
    public void The_inverse_normal_matches_known_values(double p, double z) => Assert.Equal(z, NormalScores.InverseNormal(p), 1e-10);

    [Fact]
    public void A_task_column_makes_one_task_per_label_that_is_never_renumbered()
    {
        var table = new Table("school.csv",
        [
            new NumericColumn("x", [1, 2, 3, 4, 5, 6]),
            new NumericColumn("school", [10, 2, 10, 2, 10, 33]),
            new NumericColumn("score", [1, 10.5f, 3, 30.5f, Missing, 7]),
        ]);
        var options = new EncoderOptions { TaskColumn = "school" };
        TableEncoder encoder = TableEncoder.Fit(table, [TargetColumn.Parse("score:regression")], [0, 1, 2, 3, 4], options);
        Assert.Equal(["2", "10"], encoder.Tasks.Select(task => task.Name));
        Assert.Equal([20.5, 2.0], encoder.Tasks.Select(task => task.Scale.Mean));
        Assert.Equal(["x"], encoder.NumericNames);
        EncodedTable encoded = encoder.Encode(table, [4, 3, 2]);
        Assert.Equal([1, 0, 1], encoded.TaskOfRow!);
        Assert.Equal([Missing, 1f, 1f], encoded.Targets!);
        Assert.Equal((1f, Missing), (encoded.Target(1, 0), encoded.Target(1, 1)));
        Expect.Sentence(() => encoder.Encode(table), "school.csv", "row 6", "'school'", "task '33'", "2, 10");
        TableEncoder lenient = TableEncoder.Fit(table, [TargetColumn.Parse("score:regression")], [0, 1, 2, 3, 4], options with { UnknownTask = UnknownTask.Unassigned });
        Assert.Equal(-1, lenient.Encode(table).TaskOfRow![5]);
        Assert.True(float.IsNaN(lenient.Encode(table).Target(5, 0)));
        TableEncoder pooled = TableEncoder.Fit(table, [TargetColumn.Parse("score:regression")], [0, 1, 2, 3, 4], options with { TaskAsInput = true });
        Assert.Equal([new CategoricalField("school", 3)], pooled.Fields);
    }

    [Fact]
    public void Taking_rows_keeps_all_parts_together()
    {
        EncodedTable whole = Fit().Encode(Shop), part = whole.Take([4, 1]);
        Assert.Equal(whole.NumericRow(4).ToArray(), part.NumericRow(0).ToArray());
        Assert.Equal(whole.CategoryRow(1).ToArray(), part.CategoryRow(1).ToArray());
        Assert.Equal(whole.Target(1, 1), part.Target(1, 1));
    }

    [Fact]
    public void Options_and_targets_that_make_no_sense_are_refused()
    {
        Fails(new EncoderOptions { MinFrequency = 0 }, "minimum frequency", "0");
        Fails(new EncoderOptions { TaskAsInput = true }, "no task column");
        Fails(new EncoderOptions { TaskColumn = "city" }, "'city'", "2 targets", "exactly one");
        Fails(new EncoderOptions { Drop = ["cty"] }, "'cty'", "did you mean 'city'?");
        Fails(new EncoderOptions { Inputs = ["same"] }, "no input column is left", "'same'");
        Expect.Sentence(() => TableEncoder.Fit(Shop, [], Train), "no target");
        Expect.Sentence(() => TableEncoder.Fit(Shop, Targets, []), "no training rows");
        Expect.Sentence(() => TableEncoder.Fit(Shop, [Targets[0], Targets[0]], Train), "two targets are named 'spent'");
        Expect.Sentence(() => TableEncoder.Fit(Shop, [Targets[1]], Train, new EncoderOptions { TaskColumn = "schol" }), "task column 'schol'");
        Expect.Sentence(() => TableEncoder.Fit(Shop, [Targets[1]], Train, new EncoderOptions { TaskColumn = "churned" }), "both the task column and the target");
        Expect.Sentence(() => TableEncoder.Fit(Shop, [Targets[1]], Train, new EncoderOptions { TaskColumn = "city" }), "row 4", "'city'", "task is missing");
    }

    private static TableEncoder Fit(EncoderOptions? options = null) => TableEncoder.Fit(Shop, Targets, Train, options);

    private static void Fails(EncoderOptions options, params string[] parts) => Expect.Sentence(() => Fit(options), parts);
}
