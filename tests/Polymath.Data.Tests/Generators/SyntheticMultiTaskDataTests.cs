using Polymath.Data;
using Polymath.Data.Generators;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Tables with a task per row: what the scenarios have in common and what tells them apart.</summary>
public sealed class SyntheticMultiTaskDataTests
{
    [Fact]
    public void A_table_has_features_a_task_and_a_label_per_row()
    {
        SyntheticMultiTaskTables tables = SyntheticMultiTaskData.Generate(new SyntheticMultiTaskOptions { Tasks = 4, OutlierTasks = 1, Features = 3, Rows = 20, TestRows = 30 });
        Assert.Equal(["x0", "x1", "x2", "task", "y"], tables.Train.ColumnNames);
        Assert.Equal((80, 120), (tables.Train.Rows, tables.Test!.Rows));
        Assert.Equal(["3"], tables.Outliers);
        Assert.Equal(("0", "3"), (tables.Train["task"].Text(19), tables.Train["task"].Text(60)));
        foreach (string name in (string[])["x0", "x1", "x2"]) Assert.All(((NumericColumn)tables.Train[name]).Values.ToArray(), value => Assert.InRange(value, -1, 1));
        Assert.NotEqual(tables.Train["x0"].Text(0), tables.Test["x0"].Text(0));
    }

    [Fact]
    public void A_seed_gives_the_same_tables_and_another_seed_others()
    {
        var options = new SyntheticMultiTaskOptions { Tasks = 3, Rows = 10, TestRows = 0, Seed = 5 };
        float[] Labels(SyntheticMultiTaskOptions of) => ((NumericColumn)SyntheticMultiTaskData.Generate(of).Train["y"]).Values.ToArray();
        Assert.Equal(Labels(options), Labels(options));
        Assert.NotEqual(Labels(options), Labels(options with { Seed = 6 }));
        Assert.Null(SyntheticMultiTaskData.Generate(options).Test);
    }

    // Var f = 1 and the parts are independent, so that two tasks correlate by the weight they share: 0.81 / 0.82 over many draws.
    [Theory]
    [InlineData(SyntheticScenario.Same, 1, 1)]
    [InlineData(SyntheticScenario.Unrelated, 0, 0)]
    [InlineData(SyntheticScenario.Related, 0.81 / 0.82, 0.81 / 0.82)]
    [InlineData(SyntheticScenario.Outliers, 0.81 / 0.82, 0)]
    public void Tasks_are_related_as_the_scenario_says(SyntheticScenario scenario, double inliers, double withOutlier)
    {
        const int Draws = 200;
        double same = 0, other = 0, square = 0;
        for (int seed = 0; seed < Draws; seed++)
        {
            Func<double[], double>[] functions = SyntheticMultiTaskData.Functions(new SyntheticMultiTaskOptions { Scenario = scenario, Tasks = 3, OutlierTasks = 1 }, new RandomStream((ulong)seed));
            double[] at = [.. functions.Select(function => function([0.3, -0.2, 0.9, 0, -0.5]))];
            same += at[0] * at[1] / Draws;
            other += at[0] * at[2] / Draws;
            square += at[0] * at[0] / Draws;
        }

        Assert.Equal(inliers, same / square, 0.2);
        Assert.Equal(withOutlier, other / square, 0.2);
    }

    [Theory]
    [InlineData(SyntheticScenario.Unrelated)]
    [InlineData(SyntheticScenario.Outliers)]
    public void Every_task_of_a_classification_has_a_tenth_of_each_class(SyntheticScenario scenario)
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            var options = new SyntheticMultiTaskOptions { Scenario = scenario, Classification = true, Rows = 100, TestRows = 0, Tasks = 6, Seed = seed };
            float[] labels = ((NumericColumn)SyntheticMultiTaskData.Generate(options).Train["y"]).Values.ToArray();
            Assert.All(labels, label => Assert.True(label is 0 or 1));
            for (int task = 0; task < options.Tasks; task++) Assert.InRange(labels.Skip(task * options.Rows).Take(options.Rows).Sum(), 10, 90);
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        static string Message(SyntheticMultiTaskOptions options) => Assert.Throws<TableException>(() => SyntheticMultiTaskData.Generate(options)).Message;
        Assert.Equal("outlier tasks: found 4, expected 0 to 3.", Message(new() { Tasks = 3, OutlierTasks = 4 }));
        Assert.Equal("scenario: found 5, expected 1 to 4.", Message(new() { Scenario = (SyntheticScenario)5 }));
        Assert.Equal("rows: found 0, expected 1 or more.", Message(new() { Rows = 0 }));
        Assert.StartsWith("rows: none of", Message(new() { Classification = true, Rows = 1 }), StringComparison.Ordinal);
    }
}
