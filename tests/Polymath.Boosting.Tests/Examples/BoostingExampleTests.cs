using Polymath.Boosting;
using Polymath.Data;
using Polymath.Data.Generators;

namespace Polymath.Tests;

/// <summary>The example of docs/boosting.md, compiled and run as it stands there.</summary>
public sealed class BoostingExampleTests
{
    private const string Document = "docs/boosting.md";

    [Fact]
    public void The_example_prints_what_the_page_says()
    {
        using var printed = new StringWriter();
        FindOutliers(printed);
        Assert.Equal(DocumentedExample.Block(Document, "```", after: "It prints"), printed.ToString().TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public void The_page_shows_exactly_this_code() => DocumentedExample.RequireSame(Document, "tests/Polymath.Boosting.Tests/Examples/BoostingExampleTests.cs");

    private static void FindOutliers(StringWriter console)
    {
#pragma warning disable xUnit1051 // the example is what a program writes
        // begin example
        // Ten tasks of 300 rows; the last two follow another function than the other eight.
        SyntheticMultiTaskTables tables = SyntheticMultiTaskData.Generate(new() { Tasks = 10, OutlierTasks = 2, Seed = 3 });
        var encoding = new EncoderOptions { TaskColumn = "task", KeepMissing = true, StandardiseTargets = false };
        var encoder = TableEncoder.Fit(tables.Train, [TargetColumn.Parse("y:regression")], Splits.All(tables.Train.Rows), encoding);
        BoostingData train = BoostingData.From(encoder.Encode(tables.Train)), test = BoostingData.From(encoder.Encode(tables.Test!));

        BoostedModel model = new MultiTaskBooster(BoostingOptions.RobustMultiTask(shared: 50, robust: 50, task: 50)).Fit(train);
        double[] predictions = model.Predict(test.Features, test.TaskOfRow);

        foreach ((string task, double score) in model.OutlierScores.OrderByDescending(entry => entry.Value).Take(3))
            console.WriteLine($"task {task}: outlier score {score:0.00}");
        console.WriteLine($"test RMSE {Math.Sqrt(predictions.Zip(test.Labels, (p, y) => (p - y) * (p - y)).Average()):0.000}");
        // end example
#pragma warning restore xUnit1051
    }
}
