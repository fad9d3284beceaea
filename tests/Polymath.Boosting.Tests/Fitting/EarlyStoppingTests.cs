namespace Polymath.Boosting.Tests;

/// <summary>Blocks end at their best validation loss, and a model holds what they had come to by then.</summary>
public sealed class EarlyStoppingTests
{
    private static readonly RandomTasks s_train = new(11, 60, 3, 3);
    private static readonly BoostingOptions s_options = BoostingOptions.RobustMultiTask(40, 40, 40).Paper() with { LearningRate = 0.5, Patience = 3, Theta = ThetaStep.Mean };

    private static BoostingData Held => (s_train with { Seed = 12 }).Regression();

    [Fact]
    public void Each_block_keeps_the_trees_up_to_its_best_validation_loss()
    {
        BoostedModel model = Fit(s_options);
        Require(BoostingBlock.Shared, model.SharedTrees.Count);
        Require(BoostingBlock.Robust, model.OutlierTrees.Count);
        Assert.Equal(model.OutlierTrees.Count, model.NonOutlierTrees.Count);
        Assert.Contains(model.TaskTrees, trees => trees.Count < 40);

        void Require(BoostingBlock block, int kept)
        {
            double[] losses = [.. model.History.Where(iteration => iteration.Block == block).Select(iteration => iteration.ValidationLoss)];
            if (kept > 0) Assert.Equal(losses.Min(), losses[kept - 1]);
            Assert.Equal(Math.Min(40, kept + 3), losses.Length);
        }
    }

    [Fact]
    public void The_validation_loss_after_the_last_iteration_is_that_of_the_model()
    {
        BoostedModel model = Fit(s_options);
        double[] scores = model.Scores(Held.Features, Held.TaskOfRow);
        Assert.Equal(scores.Select((score, row) => (score - Held.Labels[row]) * (score - Held.Labels[row])).Average(), model.History[^1].ValidationLoss, 1e-9);
    }

    [Fact]
    public void A_stopped_model_is_that_of_a_shorter_fit()
    {
        BoostedModel stopped = Fit(s_options with { RobustIterations = 0, TaskIterations = 0 });
        BoostedModel shorter = new MultiTaskBooster(s_options with { SharedIterations = stopped.SharedTrees.Count, RobustIterations = 0, TaskIterations = 0, Patience = 0 }).Fit(s_train.Regression(), cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(stopped.SharedTrees.Count, 1, 39);
        Assert.Equal(shorter.Scores(Held.Features, Held.TaskOfRow), stopped.Scores(Held.Features, Held.TaskOfRow));
    }

    [Fact]
    public void Theta_goes_back_with_the_trees()
    {
        BoostingOptions robust = s_options with { SharedIterations = 0, TaskIterations = 0 };
        BoostedModel stopped = Fit(robust);
        BoostedModel shorter = new MultiTaskBooster(robust with { RobustIterations = stopped.OutlierTrees.Count, Patience = 0 }).Fit(s_train.Regression(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(shorter.Theta, stopped.Theta);
    }

    [Fact]
    public void Validation_rows_keep_their_tasks_though_some_are_lacking_and_numbers_differ()
    {
        int[] last = [.. Enumerable.Range(0, 60).Where(row => row % 3 == 2)];
        FeatureMatrix features = Held.Features.Take(last);
        float[] labels = [.. last.Select(row => Held.Labels[row])];
        var own = BoostingData.Regression(features, labels, [.. last.Select(_ => "t2")]);
        Assert.Equal(0, own.TaskOfRow![0]);
        BoostedModel model = new MultiTaskBooster(s_options).Fit(s_train.Regression(), own, cancellation: TestContext.Current.CancellationToken);
        double[] scores = model.Predict(features, last.Select(_ => "t2"));
        Assert.Equal(scores.Select((score, row) => (score - labels[row]) * (score - labels[row])).Average(), model.History[^1].ValidationLoss, 1e-9);
        Assert.Equal([40, 40], model.TaskTrees.Take(2).Select(trees => trees.Count));
    }

    [Fact]
    public void Validation_rows_without_patience_change_nothing()
    {
        BoostedModel with = Fit(s_options with { Patience = 0 }), without = new MultiTaskBooster(s_options with { Patience = 0 }).Fit(s_train.Regression(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(without.Scores(Held.Features, Held.TaskOfRow), with.Scores(Held.Features, Held.TaskOfRow));
        Assert.All(without.History, iteration => Assert.True(double.IsNaN(iteration.ValidationLoss)));
        Assert.All(with.History, iteration => Assert.True(double.IsFinite(iteration.ValidationLoss)));
    }

    private static BoostedModel Fit(BoostingOptions options) => new MultiTaskBooster(options).Fit(s_train.Regression(), Held, cancellation: TestContext.Current.CancellationToken);
}
