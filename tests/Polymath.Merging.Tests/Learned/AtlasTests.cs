using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class AtlasTests
{
    [Fact]
    public void Addition_lowers_the_loss_from_the_base_and_the_csv_names_every_block()
    {
        var bench = new TinyBench(2);
        AtlasResult result = Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.Addition(Loss(bench, 0), Loss(bench, 1)), new AtlasOptions { LearningRate = 0.02, Epochs = 10, BatchSize = 40 }, TestContext.Current.CancellationToken);
        Assert.True(result.BestEpoch > 0 && result.Score > result.ZeroShotScore);
        Assert.Empty(result.Warnings);
        foreach (string name in bench.Theta0.Names) Assert.Contains(name, result.Coefficients.ToCsv(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_better_epoch_the_base_stays_and_a_warning_says_so()
    {
        var bench = new TinyBench(1);
        AtlasResult result = Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.Addition(bench.Supervised(0) with { Score = () => 0.5 }), new AtlasOptions { Epochs = 2 }, TestContext.Current.CancellationToken);
        Assert.Equal(0, result.BestEpoch);
        Assert.All(result.Coefficients.Values.ToArray(), value => Assert.Equal(0f, value));
        Assert.Contains("no epoch is better than the base", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Negation_raises_the_targets_loss_and_stops_when_the_control_falls()
    {
        var bench = new TinyBench(2);
        double control = 1;
        AtlasObjective objective = AtlasObjective.Negation(Loss(bench, 0), bench.Supervised(1) with { Score = () => control -= 0.02 });
        AtlasResult result = Atlas.Learn(bench.Network, bench.Pool.Without("t1"), objective, new AtlasOptions { LearningRate = 0.05, Epochs = 20, Schedule = LearningRateSchedule.Constant }, TestContext.Current.CancellationToken);
        Assert.Equal(3, result.History.Count);                  // 0.98 at the base; 0.96, 0.94 and then 0.92 < 0.95 x 0.98 = 0.931
        Assert.Equal(2, result.BestEpoch);
        Assert.True(result.Score > result.ZeroShotScore);
    }

    [Fact]
    public void A_budget_learns_only_the_blocks_with_the_largest_gradients()
    {
        var bench = new TinyBench(3);
        AtlasResult result = Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.Addition(Loss(bench, 0)), new AtlasOptions { LearningRate = 0.02, Epochs = 5, BlockBudget = 4 }, TestContext.Current.CancellationToken);
        Assert.Equal(4, result.Coefficients.Values.ToArray().Count(value => value != 0f));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_penalty_has_the_gradient_of_finite_differences(int p)
    {
        float[] c = new float[12], gradient = new float[12];
        new RandomStream(2).FillNormal(c);
        CoefficientNorm.Penalty(c, 3, p, 0.7, gradient);
        for (int i = 0; i < c.Length; i++)
        {
            float[] above = [.. c], below = [.. c];
            above[i] += 1e-3f;
            below[i] -= 1e-3f;
            Assert.Equal((CoefficientNorm.Penalty(above, 3, p, 0.7) - CoefficientNorm.Penalty(below, 3, p, 0.7)) / (above[i] - below[i]), gradient[i], 1e-4);
        }

        Assert.Equal(0, CoefficientNorm.Penalty(new float[12], 3, p, 0.7, new float[12]));
    }

    [Fact]
    public void Few_shots_are_as_many_of_each_class_and_the_own_vector_is_refused()
    {
        var bench = new TinyBench(2);
        var seen = new HashSet<int>();
        SupervisedTask all = bench.Supervised(0), task = all with { Loss = Watched };
        Tensor Watched(ReadOnlySpan<int> rows)
        {
            seen.UnionWith(rows.ToArray());
            return all.Loss(rows);
        }

        AtlasResult result = Atlas.Learn(bench.Network, bench.Pool.Without("t0"), AtlasObjective.FewShot(task, 2), AtlasOptions.FewShot with { Epochs = 1 }, TestContext.Current.CancellationToken);
        Assert.Single(result.History);
        Assert.All(seen.GroupBy(row => bench.Labels[row]), group => Assert.Equal(2, group.Count()));
        Assert.Equal(6, seen.Count);
        Fails("task vector of 't0' itself", () => Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.FewShot(task, 2)));
        Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.FewShot(task, 2, allowSelf: true), AtlasOptions.FewShot with { Epochs = 1 }, TestContext.Current.CancellationToken);
        AtlasResult scarce = Atlas.Learn(bench.Network, bench.Pool.Without("t0"), AtlasObjective.FewShot(task, 14), AtlasOptions.FewShot with { Epochs = 1 }, TestContext.Current.CancellationToken);
        Assert.Contains("class 1 has 13 examples for 14 shots", scarce.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void At_test_time_no_sure_row_means_no_step_and_sure_rows_mean_steps()
    {
        var bench = new TinyBench(2);
        var views = new UnlabeledViews("new", 40, rows => bench.Logits(0, rows) * 1e-3f, rows => bench.Logits(0, rows));
        AtlasResult still = Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.TestTimeUfm(views with { Weak = views.Weak }), AtlasOptions.TestTime with { Epochs = 1, BatchSize = 8, StepsPerEpoch = 1 }, TestContext.Current.CancellationToken);
        Assert.Single(still.History);
        AtlasResult moved = Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.TestTimeUfm(views, UfmMode.ReleasedCode), AtlasOptions.TestTime with { Epochs = 2 }, TestContext.Current.CancellationToken);
        Assert.Equal(2, moved.BestEpoch);
        Assert.Contains(moved.Coefficients.Values.ToArray(), value => value != 0f);
        Assert.True(UfmLoss.Forward(Tensor.Zeros(2, 3), Tensor.Zeros(2, 3), new float[6], [false, false]).IsEmpty);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var bench = new TinyBench(2);
        Fails("there are no tasks", () => AtlasObjective.Addition());
        Fails("task 't0': there are 0 rows", () => AtlasObjective.Addition(bench.Supervised(0) with { Rows = 0 }));
        Fails("negation of 't0' has no control task", () => AtlasObjective.Negation(bench.Supervised(0), null));
        Fails("control share 0", () => AtlasObjective.Negation(bench.Supervised(0), bench.Supervised(1), 0));
        Fails("has no labels", () => AtlasObjective.FewShot(bench.Supervised(0) with { Labels = null }, 1));
        Fails("found 0 shots", () => AtlasObjective.FewShot(bench.Supervised(0), 0));
        Fails("class 0 has no example", () => Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.FewShot(bench.Supervised(0, "other") with { Labels = [.. Enumerable.Repeat(1, 40)] }, 1)));
        Fails("there are 0 unlabelled inputs", () => AtlasObjective.TestTimeUfm(new UnlabeledViews("new", 0, rows => default, rows => default)));
        Fails("task 't0': the loss is NaN at step 1", () => Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.Addition(bench.Supervised(0) with { Loss = rows => bench.Logits(0, rows).Sum() * float.NaN })));
        Fails("found the penalty norm 3", () => Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.Addition(bench.Supervised(0)), new AtlasOptions { LpNorm = 3 }));
        Fails("found the learning rate NaN", () => Atlas.Learn(bench.Network, bench.Pool, AtlasObjective.Addition(bench.Supervised(0)), new AtlasOptions { LearningRate = double.NaN }));
    }

    private static SupervisedTask Loss(TinyBench bench, int task) => bench.Supervised(task) with { Score = null };

    private static void Fails(string message, Action action) => Assert.Contains(message, Assert.Throws<MergeException>(action).Message, StringComparison.Ordinal);
}
