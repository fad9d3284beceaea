using System.Numerics;

namespace Polymath.Boosting.Tests;

/// <summary>SHAP values against the definition of Shapley values, summed over all coalitions.</summary>
public sealed class ShapValuesTests
{
    private static readonly BoostingOptions s_deep = BoostingOptions.RobustMultiTask(4, 3, 3) with { Learner = LearnerKind.Exact, MaxLeaves = 7, MinChildWeight = 0, Theta = ThetaStep.Mean, LearningRate = 0.4 };

    [Fact]
    public void Values_are_those_of_the_sum_over_all_coalitions() => RandomTasks.Check(
        tasks =>
        {
            BoostingData data = tasks.Regression(tasks.Weights);
            BoostedModel model = new MultiTaskBooster(s_deep).Fit(data);
            int[] taskOfRow = [.. data.TaskOfRow!];
            taskOfRow[0] = -1;
            var shap = ShapValues.Of(model, data.Features, taskOfRow);
            for (int row = 0; row < 3; row++)
            {
                Func<int, double> game = Game(model, data.Features, row, taskOfRow[row]);
                Assert.Equal(game(0), shap.Expected(row), 1e-9);
                for (int feature = 0; feature < tasks.Width; feature++) Assert.Equal(Shapley(game, feature, tasks.Width), shap.Values(row)[feature], 1e-9);
            }
        },
        cases: 25);

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    [InlineData(true, 3)]
    public void Values_and_the_expected_score_add_up_to_the_score(bool taskAsFeature, int classes) => RandomTasks.Check(
        tasks =>
        {
            foreach (BoostingData data in new[] { tasks.Regression(), tasks.Classes(classes) })
            {
                BoostedModel model = new MultiTaskBooster(s_deep with { TaskAsFeature = taskAsFeature }).Fit(data);
                double[] scores = model.Scores(data.Features, data.TaskOfRow);
                var shap = ShapValues.Of(model, data.Features, data.TaskOfRow);
                Assert.Equal(taskAsFeature ? "task" : $"x{tasks.Width - 1}", shap.Columns[^1]);
                for (int i = 0; i < scores.Length; i++)
                {
                    int row = i / model.Outputs, output = i % model.Outputs;
                    Assert.Equal(scores[i], shap.Expected(row, output) + shap.Values(row, output).ToArray().Sum(), 1e-9);
                }
            }
        },
        cases: 15);

    [Fact]
    public void Trees_with_gaps_categories_and_the_task_as_a_category_add_up_too() => RandomTasks.Check(
        tasks =>
        {
            float[] x = tasks.X;
            for (int row = 0; row < tasks.Rows; row++) x[row * tasks.Width] = row % 7 == 0 ? float.NaN : row % 3;
            FeatureDescription[] columns = [new("colour", 3), .. Enumerable.Range(1, tasks.Width - 1).Select(column => new FeatureDescription($"x{column}"))];
            var data = BoostingData.Regression(new FeatureMatrix(x, columns), tasks.Y, tasks.TaskOfRow);
            BoostedModel model = new MultiTaskBooster(s_deep with { Learner = LearnerKind.Histogram, TaskAsFeature = true, CategorySmoothing = 0 }).Fit(data);
            double[] scores = model.Scores(data.Features, data.TaskOfRow), last = model.StagedPredict(data.Features, data.TaskOfRow).Last().Predictions.ToArray();
            var shap = ShapValues.Of(model, data.Features, data.TaskOfRow);
            for (int row = 0; row < tasks.Rows; row++)
            {
                Assert.Equal(scores[row], shap.Expected(row) + shap.Values(row).ToArray().Sum(), 1e-9);
                Assert.Equal(scores[row], last[row], 1e-9);
            }
        },
        cases: 15);

    [Fact]
    public void Trees_of_several_targets_explain_their_own_outputs()
    {
        var tasks = new RandomTasks(3, 50, 3, 2);
        BoostingTarget[] targets = [new("a", Data.TargetKind.Regression, []), new("b", Data.TargetKind.Regression, [])];
        var data = new BoostingData(tasks.Features, targets, [.. tasks.Y.SelectMany((y, row) => new[] { y, tasks.X[(3 * row) + 2] })]);
        BoostedModel model = new MultiTaskBooster(BoostingOptions.SingleTask(10).Paper()).Fit(data, cancellation: TestContext.Current.CancellationToken);
        double[] scores = model.Scores(data.Features);
        var shap = ShapValues.Of(model, data.Features);
        for (int i = 0; i < scores.Length; i++) Assert.Equal(scores[i], shap.Expected(i / 2, i % 2) + shap.Values(i / 2, i % 2).ToArray().Sum(), 1e-9);
        // Stumps that only ever split on x2 leave the other features without a part.
        Assert.All(Enumerable.Range(0, 50), row => Assert.Equal([0, 0], shap.Values(row, 1)[..2].ToArray()));
    }

    [Fact]
    public void Importances_are_the_mean_size_of_values()
    {
        var tasks = new RandomTasks(8, 40, 3, 2);
        BoostingData data = tasks.Regression();
        var shap = ShapValues.Of(new MultiTaskBooster(s_deep).Fit(data, cancellation: TestContext.Current.CancellationToken), data.Features, data.TaskOfRow);
        Assert.All(shap.Importances(), (importance, column) => Assert.Equal(Enumerable.Range(0, 40).Average(row => Math.Abs(shap.Values(row)[column])), importance.Value, 1e-12));
    }

    /// <summary>The score of a coalition, given as a set of bits: features outside it are averaged over the covers.</summary>
    private static Func<int, double> Game(BoostedModel model, FeatureMatrix features, int row, int task)
    {
        double rate = model.Options.LearningRate, s = task < 0 ? 0.5 : TaskMixture.Sigmoid(model.Theta[task]);
        (IReadOnlyList<Tree> Trees, double Factor)[] parts = [(model.SharedTrees, rate), (model.OutlierTrees, rate * s), (model.NonOutlierTrees, rate * (1 - s)), (task < 0 ? [] : model.TaskTrees[task], rate)];
        return known => model.Initial[0] + parts.Sum(part => part.Factor * part.Trees.Sum(tree => Mean(tree, tree.Splits.Count == 0 ? ~0 : 0, known)));

        double Mean(Tree tree, int node, int known)
        {
            if (node < 0) return tree.Values(~node)[0];
            TreeSplit split = tree.Splits[node];
            if (((known >> split.Feature) & 1) != 0) return Mean(tree, split.GoesLeft(features.Row(row)[split.Feature]) ? split.Left : split.Right, known);
            double left = Cover(tree, split.Left), right = Cover(tree, split.Right);
            return ((left * Mean(tree, split.Left, known)) + (right * Mean(tree, split.Right, known))) / (left + right);
        }
    }

    private static double Cover(Tree tree, int node) => node < 0 ? tree.Cover(~node) : tree.Splits[node].Cover;

    private static double Shapley(Func<int, double> game, int feature, int width)
    {
        double sum = 0;
        for (int others = 0; others < 1 << width; others++)
        {
            if (((others >> feature) & 1) != 0) continue;
            int size = BitOperations.PopCount((uint)others);
            sum += Factorial(size) * Factorial(width - size - 1) / Factorial(width) * (game(others | (1 << feature)) - game(others));
        }

        return sum;
    }

    private static double Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);
}
