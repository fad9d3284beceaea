using Polymath.Tensors;

namespace Polymath.Boosting.Tests;

/// <summary>Importances by gain, by splits and by permutation.</summary>
public sealed class ImportanceTests
{
    private static readonly BoostingOptions s_options = BoostingOptions.RobustMultiTask(6, 5, 4).Paper() with { MaxLeaves = 3, Theta = ThetaStep.Mean };
    private static readonly RandomTasks s_tasks = new(31, 60, 3, 3);

    [Fact]
    public void Splits_and_gains_are_counted_by_block()
    {
        BoostedModel model = Fit(s_options, s_tasks.Regression());
        Assert.Equal(6 * 2, model.FeatureImportances(ImportanceKind.Splits, BoostingBlock.Shared, normalised: false).Sum(feature => feature.Value));
        Assert.Equal(5 * 2 * 2, model.FeatureImportances(ImportanceKind.Splits, BoostingBlock.Robust, normalised: false).Sum(feature => feature.Value));
        Assert.Equal(4 * 2 * 3, model.FeatureImportances(ImportanceKind.Splits, BoostingBlock.Task, normalised: false).Sum(feature => feature.Value));
        foreach (ImportanceKind kind in Enum.GetValues<ImportanceKind>())
        {
            IReadOnlyList<FeatureImportance> all = model.FeatureImportances(kind, normalised: false);
            for (int column = 0; column < 3; column++)
            {
                Assert.Equal($"x{column}", all[column].Feature);
                Assert.Equal(Enum.GetValues<BoostingBlock>().Sum(block => model.FeatureImportances(kind, block, normalised: false)[column].Value), all[column].Value, 1e-9);
            }

            Assert.Equal(1, model.FeatureImportances(kind).Sum(feature => feature.Value), 1e-12);
            Assert.Equal(model.SharedTrees.SelectMany(tree => tree.Splits).Where(split => split.Feature == 1).Sum(split => kind == ImportanceKind.Gain ? split.Gain : 1), model.FeatureImportances(kind, BoostingBlock.Shared, normalised: false)[1].Value, 1e-9);
        }

        Assert.All(Fit(BoostingOptions.Pooled(2).Paper(), s_tasks.Regression()).FeatureImportances(block: BoostingBlock.Task), feature => Assert.Equal(0, feature.Value));
    }

    [Fact]
    public void The_task_has_one_importance_however_many_columns_it_has()
    {
        float[] labels = [.. Enumerable.Range(0, 60).Select(row => (float)(row % 3))];
        BoostedModel model = Fit(BoostingOptions.TaskFeature(5).Paper(), BoostingData.Regression(s_tasks.Features, labels, s_tasks.TaskOfRow));
        IReadOnlyList<FeatureImportance> importances = model.FeatureImportances();
        Assert.Equal(["x0", "x1", "x2", "task"], importances.Select(feature => feature.Feature));
        Assert.Equal(1, importances[3].Value, 1e-12);
    }

    [Fact]
    public void A_feature_that_says_nothing_has_no_permutation_importance()
    {
        float[] labels = [.. Enumerable.Range(0, 60).Select(row => s_tasks.X[3 * row])];
        var data = BoostingData.Regression(s_tasks.Features, labels);
        BoostedModel model = Fit(BoostingOptions.Pooled(50).Paper(), data);
        IReadOnlyList<FeatureImportance> importances = PermutationImportance.Of(model, data, repeats: 4, seed: 9);
        Assert.Equal(["x0", "x1", "x2"], importances.Select(feature => feature.Feature));
        Assert.True(importances[0].Value > 0.5);
        Assert.True(importances[0].Deviation > 0);
        Assert.Equal((0, 0), (importances[1].Value, importances[2].Value));
        Assert.Equal(importances, PermutationImportance.Of(model, data, repeats: 4, seed: 9));
        Assert.NotEqual(importances[0].Value, PermutationImportance.Of(model, data, repeats: 4, seed: 10)[0].Value);
    }

    [Fact]
    public void Permutation_importance_is_the_rise_of_the_error_asked_for()
    {
        BoostingData data = s_tasks.Regression();
        BoostedModel model = Fit(s_options, data);
        int[] order = new int[60];
        new RandomStream(2).Derive("permutation").Derive(1).FillPermutation(order);
        float[] shuffled = [.. s_tasks.X.Select((value, i) => i % 3 == 1 ? s_tasks.X[(3 * order[i / 3]) + 1] : value)];
        double expected = Error(model.Predict(new FeatureMatrix(shuffled, 3), data.TaskOfRow), data) - Error(model.Predict(data.Features, data.TaskOfRow), data);
        Assert.Equal(expected, PermutationImportance.Of(model, data, repeats: 1, seed: 2, Error)[1].Value, 1e-12);

        static double Error(double[] predictions, BoostingData data) => predictions.Select((prediction, row) => Math.Abs(prediction - data.Labels[row])).Average();
    }

    private static BoostedModel Fit(BoostingOptions options, BoostingData data) => new MultiTaskBooster(options).Fit(data, cancellation: TestContext.Current.CancellationToken);
}
