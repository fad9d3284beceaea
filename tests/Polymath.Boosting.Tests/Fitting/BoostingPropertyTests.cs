using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Boosting.Tests;

/// <summary>What holds for any data: order of rows, repetition, threads, descent, and that inputs stay as they were.</summary>
public sealed class BoostingPropertyTests
{
    private static readonly BoostingOptions s_paper = BoostingOptions.RobustMultiTask(4, 4, 4).Paper();
    private static readonly BoostingOptions s_newton = s_paper with { Leaves = LeafRule.Newton, Initial = InitialPrediction.Constant, MaxLeaves = 4, L2 = 1, Theta = ThetaStep.Mean };

    [Fact]
    public void The_order_of_rows_changes_nothing_but_rounding() => RandomTasks.Check(tasks =>
    {
        BoostingData data = tasks.Regression();
        int[] order = new int[tasks.Rows];
        new RandomStream((ulong)tasks.Seed).Derive("order").FillPermutation(order);
        foreach (BoostingOptions options in new[] { s_paper, s_newton })
        {
            double[] straight = Scores(options, data), shuffled = Scores(options, data.Take(order));
            for (int i = 0; i < order.Length; i++) Assert.Equal(straight[order[i]], shuffled[i], 1e-8);
        }
    });

    [Fact]
    public void A_weight_of_2_is_a_row_twice() => RandomTasks.Check(tasks =>
    {
        BoostingData data = tasks.Regression();
        int[] twice = [.. Enumerable.Range(0, tasks.Rows).SelectMany(row => row % 3 == 0 ? new[] { row, row } : [row])];
        float[] weights = [.. Enumerable.Range(0, tasks.Rows).Select(row => row % 3 == 0 ? 2f : 1f)];
        // Sums of 0.25 and 0.75 are exact, so that equally good cuts stay equally good.
        foreach (BoostingOptions options in new[] { s_paper, s_newton, s_newton with { Loss = "quantile:alpha=0.25", RobustIterations = 0 } })
        {
            double[] weighted = Scores(options, tasks.Regression(weights)), repeated = Scores(options, data.Take(twice));
            for (int i = 0; i < twice.Length; i++) Assert.True(Math.Abs(weighted[twice[i]] - repeated[i]) < 1e-6, $"{options.Loss} {options.Leaves}: row {twice[i]}, {weighted[twice[i]]} and {repeated[i]}");
        }
    });

    [Fact]
    public void Rows_without_label_or_weight_are_as_good_as_absent() => RandomTasks.Check(tasks =>
    {
        BoostingData data = tasks.Regression();
        bool[] absent = [.. Enumerable.Range(0, tasks.Rows).Select(row => row % 4 == 1)];
        int[] present = [.. Enumerable.Range(0, tasks.Rows).Where(row => !absent[row])];
        float[] labels = [.. tasks.Y.Select((y, row) => absent[row] ? float.NaN : y)], weights = [.. absent.Select(gone => gone ? 0f : 1f)];
        foreach (BoostingOptions options in new[] { s_paper with { TaskIterations = 2, MaxLeaves = 1 }, s_newton with { MaxLeaves = 1 } })
        {
            // Constant trees: absent rows may still say where values lie, and so move a threshold between two of the others.
            double[] expected = new MultiTaskBooster(options).Fit(data.Take(present)).Scores(data.Features, data.TaskOfRow);
            double[] unlabelled = new MultiTaskBooster(options).Fit(BoostingData.Regression(tasks.Features, labels, tasks.TaskOfRow)).Scores(data.Features, data.TaskOfRow);
            double[] weightless = new MultiTaskBooster(options).Fit(tasks.Regression(weights)).Scores(data.Features, data.TaskOfRow);
            for (int row = 0; row < tasks.Rows; row++)
            {
                Assert.Equal(expected[row], unlabelled[row], 1e-9);
                Assert.Equal(expected[row], weightless[row], 1e-9);
            }
        }
    });

    [Fact]
    public void Training_loss_never_rises_with_squared_error_and_leaves_of_means() => RandomTasks.Check(tasks =>
    {
        foreach (double rate in (double[])[0.1, 1])
        {
            BoostedModel model = new MultiTaskBooster(BoostingOptions.MultiTask(10, 10).Paper() with { LearningRate = rate }).Fit(tasks.Regression(tasks.Weights));
            for (int i = 1; i < model.History.Count; i++) Assert.True(model.History[i].TrainingLoss <= model.History[i - 1].TrainingLoss + 1e-12, $"iteration {i}");
        }
    });

    [Theory]
    [InlineData("huber")]
    [InlineData("absolute")]
    [InlineData("quantile:alpha=0.8")]
    public void Training_loss_never_rises_where_leaves_are_refitted(string loss) => RandomTasks.Check(tasks =>
    {
        foreach (LearnerKind learner in Enum.GetValues<LearnerKind>())
        {
            BoostedModel model = new MultiTaskBooster(BoostingOptions.MultiTask(8, 8) with { Learner = learner, MaxLeaves = 3, Loss = loss }).Fit(tasks.Regression(tasks.Weights));
            for (int i = 1; i < model.History.Count; i++) Assert.True(model.History[i].TrainingLoss <= model.History[i - 1].TrainingLoss + 1e-12, $"{learner}, iteration {i}");
        }
    });

    [Fact]
    public void Poisson_loss_never_rises_however_far_off_it_starts() => RandomTasks.Check(tasks =>
    {
        var target = new BoostingTarget("events", Data.TargetKind.Count, []);
        var data = new BoostingData(tasks.Features, [target], [.. tasks.Y.Select(y => MathF.Round(MathF.Abs(y * 300)))]);
        BoostedModel model = new MultiTaskBooster(BoostingOptions.Pooled(30) with { Learner = LearnerKind.Exact, Initial = InitialPrediction.Zero, LearningRate = 1 }).Fit(data);
        for (int i = 1; i < model.History.Count; i++) Assert.True(model.History[i].TrainingLoss <= model.History[i - 1].TrainingLoss + 1e-9, $"iteration {i}");
    });

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var tasks = new RandomTasks(5, 9000, 4, 5);
        BoostingOptions sampled = s_newton with { RowSample = 0.7, ColumnSample = 0.5, Seed = 3 };
        int before = Workers.Count;
        try
        {
            foreach (BoostingData data in new[] { tasks.Regression(tasks.Weights), tasks.Classes(2), tasks.Classes(3) })
            {
                Workers.Configure(1);
                double[] expected = Scores(sampled, data);
                for (int threads = 2; threads <= 3; threads++)
                {
                    Workers.Configure(threads);
                    Assert.Equal(expected, Scores(sampled, data));
                }
            }
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Fact]
    public void Inputs_are_never_changed() => RandomTasks.Check(
        tasks =>
        {
            BoostingData data = tasks.Regression(tasks.Weights), held = (tasks with { Seed = tasks.Seed / 2 }).Regression();
            float[] x = data.Features.Values.ToArray(), y = [.. data.Labels], weights = [.. data.Weights!];
            int[] taskOfRow = [.. data.TaskOfRow!];
            BoostedModel model = new MultiTaskBooster(s_newton with { Patience = 2, TaskAsFeature = true, RowSample = 0.5, Loss = "absolute" }).Fit(data, held);
            _ = model.Predict(data.Features, data.TaskOfRow);
            _ = PermutationImportance.Of(model, data, repeats: 1);
            _ = ShapValues.Of(model, data.Features, data.TaskOfRow);
            Assert.Equal(x, data.Features.Values.ToArray());
            Assert.Equal(y, data.Labels);
            Assert.Equal(weights, data.Weights);
            Assert.Equal(taskOfRow, data.TaskOfRow);
        },
        cases: 10);

    private static double[] Scores(BoostingOptions options, BoostingData data) => new MultiTaskBooster(options).Fit(data).Scores(data.Features, data.TaskOfRow);
}
