using Polymath.Data;

namespace Polymath.Boosting.Tests;

/// <summary>One task, tiny and empty tasks, constant and missing labels, unknown tasks, several targets, sampling.</summary>
public sealed class FitEdgeCaseTests
{
    private static readonly RandomTasks s_tasks = new(21, 60, 3, 4);
    private static readonly BoostingOptions s_options = BoostingOptions.RobustMultiTask(5, 5, 5).Paper();

    [Fact]
    public void One_task_fits_and_the_model_says_what_that_means()
    {
        BoostedModel model = Fit(s_options, (s_tasks with { Tasks = 1 }).Regression());
        Assert.Equal("The robust block has no meaning with one task: there is no majority that it could differ from.", model.Notes[0]);
        Assert.Equal(0, model.OutlierScores["t0"]);
        Assert.Empty(Fit(s_options with { RobustIterations = 0 }, (s_tasks with { Tasks = 1 }).Regression()).Notes);
        Assert.Empty(Fit(s_options with { Theta = ThetaStep.Mean }, s_tasks.Regression()).Notes);
    }

    [Fact]
    public void A_task_with_one_row_gets_trees_of_a_single_leaf()
    {
        string[] tasks = s_tasks.TaskOfRow;
        tasks[7] = "alone";
        BoostedModel model = Fit(BoostingOptions.SingleTask(3).Paper() with { LearningRate = 1 }, BoostingData.Regression(s_tasks.Features, s_tasks.Y, tasks));
        Assert.All(model.TaskTrees[0], tree => Assert.Empty(tree.Splits));
        Assert.Equal(s_tasks.Y[7], model.Predict(s_tasks.Features.Take([7]), ["alone"])[0], 1e-6);
    }

    [Fact]
    public void A_task_without_rows_gets_no_trees_and_the_scores_of_the_shared_blocks()
    {
        BoostingData data = s_tasks.Regression();
        int[] some = [.. Enumerable.Range(0, 60).Where(row => row % 4 != 2)];
        BoostedModel model = Fit(s_options, data.Take(some));
        Assert.Equal([5, 5, 0, 5], model.TaskTrees.Select(trees => trees.Count));
        double mix = model.TaskWeights["t2"];
        double expected = model.SharedTrees.Sum(tree => 0.1 * Value(tree)) + model.OutlierTrees.Sum(tree => 0.1 * mix * Value(tree)) + model.NonOutlierTrees.Sum(tree => 0.1 * (1 - mix) * Value(tree));
        Assert.Equal(expected, model.Scores(data.Features.Take([0]), [2])[0], 1e-12);

        double Value(Tree tree) => tree.Values(tree.LeafOf(data.Features.Row(0)))[0];
    }

    [Fact]
    public void A_constant_target_is_its_constant()
    {
        var data = BoostingData.Regression(s_tasks.Features, [.. Enumerable.Repeat(7f, 60)], s_tasks.TaskOfRow);
        Assert.All(Fit(s_options with { Initial = InitialPrediction.Constant }, data).Predict(data.Features, data.TaskOfRow), score => Assert.Equal(7, score, 1e-12));
        Assert.All(Fit(BoostingOptions.Pooled(1).Paper() with { LearningRate = 1 }, data).Predict(data.Features, data.TaskOfRow), score => Assert.Equal(7, score, 1e-12));
    }

    [Fact]
    public void A_batch_that_lacks_tasks_gets_the_scores_of_the_whole()
    {
        BoostingData data = s_tasks.Regression();
        BoostedModel model = Fit(s_options, data);
        double[] all = model.Predict(data.Features, s_tasks.TaskOfRow);
        int[] last = [.. Enumerable.Range(0, 60).Where(row => row % 4 >= 2)];
        Assert.Equal(last.Select(row => all[row]), model.Predict(data.Features.Take(last), last.Select(row => s_tasks.TaskOfRow[row])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_unknown_task_is_an_error_or_gets_half_of_each_ensemble(bool taskAsFeature)
    {
        BoostingData data = s_tasks.Regression();
        BoostedModel model = Fit(s_options with { TaskAsFeature = taskAsFeature }, data);
        FeatureMatrix row = data.Features.Take([3]);
        Assert.Equal("row 1: task 'elsewhere' was not in training; known: t0, t1, t2, t3.", Assert.Throws<BoostingException>(() => model.Predict(row, ["elsewhere"])).Message);
        float[] seen = [.. row.Row(0), .. new float[taskAsFeature ? 4 : 0]];
        double expected = model.SharedTrees.Sum(tree => 0.1 * Value(tree)) + model.OutlierTrees.Concat(model.NonOutlierTrees).Sum(tree => 0.05 * Value(tree));
        Assert.Equal(expected, model.Predict(row, ["elsewhere"], UnknownTask.Unassigned)[0], 1e-12);

        double Value(Tree tree) => tree.Values(tree.LeafOf(seen))[0];
    }

    [Fact]
    public void The_task_as_a_feature_is_a_0_1_column_per_task()
    {
        BoostingOptions options = BoostingOptions.TaskFeature(6).Paper();
        float[] labels = [.. Enumerable.Range(0, 60).Select(row => row % 4 == 1 ? 10f : 0f)];
        BoostedModel model = Fit(options, BoostingData.Regression(s_tasks.Features, labels, s_tasks.TaskOfRow));
        Assert.All(model.SharedTrees, tree => Assert.Equal((3 + 1, 0.5f), (tree.Splits[0].Feature, tree.Splits[0].Threshold)));
    }

    [Fact]
    public void Several_targets_share_trees_and_then_have_their_own()
    {
        float[] labels = [.. s_tasks.Y.SelectMany((y, row) => new[] { y, row % 5 == 0 ? float.NaN : -2 * y, row % 2 })];
        BoostingTarget[] targets = [new("a", TargetKind.Regression, []), new("b", TargetKind.Regression, []), new("c", TargetKind.Binary, ["no", "yes"])];
        var data = new BoostingData(s_tasks.Features, targets, labels);
        BoostedModel model = Fit(BoostingOptions.MultiTask(6, 7).Paper(), data);
        Assert.Equal(4, model.Outputs);
        Assert.All(model.SharedTrees, tree => Assert.Equal(4, tree.Outputs));
        Assert.Equal([(7, 1), (7, 1), (7, 2)], model.TaskTrees.Select(trees => (trees.Count, trees[0].Outputs)));
        double[] predictions = model.Predict(data.Features);
        for (int row = 0; row < 60; row++) Assert.Equal(1, predictions[(4 * row) + 2] + predictions[(4 * row) + 3], 1e-12);

        // Per-target trees alone are those of a fit to the target alone.
        double[] together = Fit(BoostingOptions.SingleTask(7).Paper(), data).Scores(data.Features);
        var alone = BoostingData.Regression(s_tasks.Features, [.. Enumerable.Range(0, 60).Select(row => labels[(3 * row) + 1])]);
        double[] expected = Fit(BoostingOptions.SingleTask(7).Paper(), alone).Scores(data.Features);
        for (int row = 0; row < 60; row++) Assert.Equal(expected[row], together[(4 * row) + 1], 1e-12);
    }

    [Fact]
    public void A_sample_is_drawn_anew_every_iteration_and_by_seed()
    {
        BoostingData data = s_tasks.Regression();
        BoostingOptions sampled = BoostingOptions.Pooled(30).Paper() with { RowSample = 0.5, Seed = 4 };
        BoostedModel model = Fit(sampled, data);
        Assert.All(model.SharedTrees, tree => Assert.InRange(tree.Cover(0) + tree.Cover(1), 10, 50));
        Assert.True(model.SharedTrees.Select(tree => tree.Cover(0) + tree.Cover(1)).Distinct().Count() > 5);
        Assert.Equal(model.Scores(data.Features, data.TaskOfRow), Fit(sampled, data).Scores(data.Features, data.TaskOfRow));
        Assert.NotEqual(model.Scores(data.Features, data.TaskOfRow), Fit(sampled with { Seed = 5 }, data).Scores(data.Features, data.TaskOfRow));
        BoostedModel columns = Fit(sampled with { RowSample = 1, ColumnSample = 0.34 }, data);
        Assert.Equal(3, columns.SharedTrees.Select(tree => tree.Splits[0].Feature).Distinct().Count());
    }

    [Theory]
    [InlineData("absolute")]
    [InlineData("huber")]
    [InlineData("quantile:alpha=0.5")]
    public void Robust_losses_reach_far_labels_in_every_block(string loss)
    {
        float[] far = [.. s_tasks.Y.Select(y => 1e4f * y)];
        var data = BoostingData.Regression(s_tasks.Features, far, s_tasks.TaskOfRow);
        foreach (BoostingOptions blocks in new[] { BoostingOptions.RobustMultiTask(30, 0, 0), BoostingOptions.RobustMultiTask(0, 30, 0), BoostingOptions.RobustMultiTask(0, 0, 30) })
        {
            BoostedModel model = Fit(blocks with { Learner = LearnerKind.Exact, Loss = loss, Theta = ThetaStep.Mean, LearningRate = 0.3 }, data);
            Assert.True(model.History[^1].TrainingLoss < 0.7 * model.History[0].TrainingLoss, $"{blocks.SharedIterations} {blocks.RobustIterations}: {model.History[0].TrainingLoss} to {model.History[^1].TrainingLoss}");
        }
    }

    private static BoostedModel Fit(BoostingOptions options, BoostingData data) => new MultiTaskBooster(options).Fit(data, cancellation: TestContext.Current.CancellationToken);
}
