using Polymath.Tensors.Kernels;

namespace Polymath.Boosting.Tests;

/// <summary>The scores of a model against its definition, one row and one tree at a time.</summary>
public sealed class ModelScorerTests
{
    [Theory]
    [MemberData(nameof(RandomModels.AllForms), MemberType = typeof(RandomModels))]
    public void Scores_are_the_sums_of_the_definition(string form)
    {
        for (int seed = 0; seed < 14; seed++)
        {
            // A tree takes a pass for every 32 leaves; above 1024 it is walked.
            int mostLeaves = (int[])[2, 8, 32, 33, 65, 200, 3000] is var sizes ? sizes[seed % sizes.Length] : 0;
            (BoostedModel model, FeatureMatrix rows, int[]? tasks) = RandomModels.Make(form, seed, rows: 1 + (seed * 61), mostLeaves);
            double[] expected = Definition(model, rows, tasks), found = model.Scores(rows, tasks);
            Assert.Equal(Array.ConvertAll(expected, BitConverter.DoubleToInt64Bits), Array.ConvertAll(found, BitConverter.DoubleToInt64Bits));
        }
    }

    [Theory]
    [MemberData(nameof(RandomModels.AllForms), MemberType = typeof(RandomModels))]
    public void A_row_scores_the_same_alone_and_at_any_number_of_threads(string form)
    {
        (BoostedModel model, FeatureMatrix rows, int[]? tasks) = RandomModels.Make(form, 7, rows: 2500);
        double[] expected = model.Scores(rows, tasks);
        int before = Workers.Count;
        try
        {
            foreach (int threads in (int[])[1, 2, 3])
            {
                Workers.Configure(threads);
                Assert.Equal(expected, model.Scores(rows, tasks));
            }
        }
        finally
        {
            Workers.Configure(before);
        }

        for (int row = 0; row < rows.Rows; row += 97)
            Assert.Equal(expected[(row * model.Outputs)..((row + 1) * model.Outputs)], model.Scores(rows.Take([row]), tasks is null ? null : [tasks[row]]));
    }

    [Theory]
    [MemberData(nameof(RandomModels.AllForms), MemberType = typeof(RandomModels))]
    public void Scoring_into_given_memory_allocates_nothing(string form)
    {
        (BoostedModel model, FeatureMatrix rows, int[]? tasks) = RandomModels.Make(form, 4, rows: 500);
        double[] scores = new double[rows.Rows * model.Outputs];
        int before = Workers.Count;
        Workers.Configure(1);
        try
        {
            model.Scores(rows, tasks, scores);
            long start = GC.GetAllocatedBytesForCurrentThread();
            model.Scores(rows, tasks, scores);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Fact]
    public void A_destination_of_another_length_is_refused()
    {
        (BoostedModel model, FeatureMatrix rows, _) = RandomModels.Make("plain", 4, rows: 5);
        Assert.Equal("found room for 4 scores, expected 5: 1 for each of 5 rows.", Assert.Throws<BoostingException>(() => model.Scores(rows, null, new double[4])).Message);
    }

    [Fact]
    public void No_rows_have_no_scores() => Assert.Empty(RandomModels.Make("tasks", 4, rows: 0) is var (model, rows, tasks) ? model.Scores(rows, tasks) : []);

    private static double[] Definition(BoostedModel model, FeatureMatrix features, int[]? taskOfRow)
    {
        int outputs = model.Outputs;
        double[] scores = new double[features.Rows * outputs];
        FeatureMatrix shared = model.Options.TaskAsFeature ? TaskFeature.Append(features, taskOfRow, model.Tasks!, model.Options.Learner == LearnerKind.Exact) : features;
        for (int row = 0; row < features.Rows; row++)
        {
            double[] total = [.. model.Initial], nonOutlier = new double[outputs], outlier = new double[outputs];
            int task = taskOfRow?[row] ?? -1;
            Add(model, model.SharedTrees, shared.Row(row), total, 0);
            Add(model, model.NonOutlierTrees, shared.Row(row), nonOutlier, 0);
            Add(model, model.OutlierTrees, shared.Row(row), outlier, 0);
            double s = task < 0 || model.Theta.Count == 0 ? 0.5 : 1 / (1 + Math.Exp(-model.Theta[task]));
            for (int k = 0; k < outputs; k++) total[k] = total[k] + ((1 - s) * nonOutlier[k]) + (s * outlier[k]);
            for (int unit = 0; unit < model.TaskTrees.Count; unit++)
            {
                if (model.Tasks is null || unit == task) Add(model, model.TaskTrees[unit], features.Row(row), total, model.Tasks is null ? model.Objective.Offsets[unit] : 0);
            }

            total.CopyTo(scores, row * outputs);
        }

        return scores;
    }

    private static void Add(BoostedModel model, IReadOnlyList<Tree> trees, ReadOnlySpan<float> row, double[] scores, int offset)
    {
        foreach (Tree tree in trees)
        {
            ReadOnlySpan<double> values = tree.Values(tree.LeafOf(row));
            for (int k = 0; k < values.Length; k++) scores[offset + k] += model.Options.LearningRate * values[k];
        }
    }
}
