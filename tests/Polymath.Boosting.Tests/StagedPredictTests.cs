namespace Polymath.Boosting.Tests;

/// <summary>Predictions after every iteration.</summary>
public sealed class StagedPredictTests
{
    private static readonly BoostingOptions s_options = BoostingOptions.RobustMultiTask(3, 4, 5).Paper();
    private static readonly RandomTasks s_tasks = new(41, 50, 3, 3);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_last_stage_is_the_prediction_and_every_iteration_is_a_stage(int classes)
    {
        BoostingData data = classes == 0 ? s_tasks.Regression() : s_tasks.Classes(classes);
        foreach (string loss in classes == 2 ? (string[])["logistic", "softmax"] : [""])
        {
            BoostedModel model = Fit(s_options with { Loss = loss }, data);
            int[] taskOfRow = [.. data.TaskOfRow!];
            taskOfRow[4] = -1;
            (BoostingBlock, int)[] stages = [.. model.StagedPredict(data.Features, taskOfRow).Select(stage => (stage.Block, stage.Iteration))];
            Assert.Equal([.. Blocks(BoostingBlock.Shared, 3), .. Blocks(BoostingBlock.Robust, 4), .. Blocks(BoostingBlock.Task, 5)], stages);
            double[] last = [.. model.StagedPredict(data.Features, taskOfRow).Last().Predictions.Span];
            Assert.All(model.Predict(data.Features, taskOfRow), (expected, i) => Assert.Equal(expected, last[i], 1e-12));
        }
    }

    [Fact]
    public void Stages_of_shared_trees_and_of_single_tasks_are_shorter_fits()
    {
        BoostingData data = s_tasks.Classes(3);
        foreach (bool pooled in (bool[])[true, false])
        {
            BoostedModel model = Fit(Blocks(6), data);
            foreach (BoostingStage stage in model.StagedPredict(data.Features, data.TaskOfRow))
            {
                double[] expected = Fit(Blocks(stage.Iteration), data).Predict(data.Features, data.TaskOfRow);
                Assert.All(stage.Predictions.ToArray(), (prediction, i) => Assert.Equal(expected[i], prediction, 1e-12));
            }

            BoostingOptions Blocks(int iterations) => (pooled ? BoostingOptions.Pooled(iterations) : BoostingOptions.SingleTask(iterations)).Paper();
        }
    }

    [Fact]
    public void Staged_training_loss_is_the_history_where_theta_is_final()
    {
        BoostingData data = s_tasks.Regression();
        BoostedModel model = Fit(s_options, data);
        BoostingIteration[] history = [.. model.History];
        int at = 0;
        foreach (BoostingStage stage in model.StagedPredict(data.Features, data.TaskOfRow))
        {
            double[] predictions = stage.Predictions.ToArray();
            Assert.Equal((history[at].Block, history[at].Iteration), (stage.Block, stage.Iteration));
            double loss = predictions.Select((prediction, row) => (prediction - data.Labels[row]) * (prediction - data.Labels[row])).Average();
            if (stage.Block != BoostingBlock.Robust || stage.Iteration == 4) Assert.Equal(history[at].TrainingLoss, loss, 1e-9);
            at++;
        }
    }

    [Fact]
    public void Targets_as_tasks_and_the_task_as_a_feature_are_staged_too()
    {
        BoostingData data = s_tasks.Regression();
        BoostedModel withTask = Fit(BoostingOptions.TaskFeature(4).Paper(), data);
        Assert.Equal(withTask.Predict(data.Features, data.TaskOfRow), withTask.StagedPredict(data.Features, data.TaskOfRow).Last().Predictions.ToArray());
        BoostingTarget[] targets = [new("a", Data.TargetKind.Regression, []), new("b", Data.TargetKind.Binary, ["no", "yes"])];
        var several = new BoostingData(s_tasks.Features, targets, [.. s_tasks.Y.SelectMany((y, row) => new[] { y, row % 2 })]);
        BoostedModel model = Fit(BoostingOptions.MultiTask(3, 4).Paper(), several);
        double[] last = model.StagedPredict(several.Features).Last().Predictions.ToArray();
        Assert.All(model.Predict(several.Features), (expected, i) => Assert.Equal(expected, last[i], 1e-12));
    }

    private static IEnumerable<(BoostingBlock, int)> Blocks(BoostingBlock block, int count) => Enumerable.Range(1, count).Select(iteration => (block, iteration));

    private static BoostedModel Fit(BoostingOptions options, BoostingData data) => new MultiTaskBooster(options).Fit(data, cancellation: TestContext.Current.CancellationToken);
}
