using FsCheck;
using FsCheck.Fluent;
using Polymath.Tensors.Kernels;

namespace Polymath.Boosting.Tests;

/// <summary>The histogram learner against the exact one, against brute force, and against its own promises.</summary>
public sealed class HistogramLearnerTests
{
    private static readonly BoostingOptions s_plain = new() { L2 = 0, MinChildWeight = 0, MinGain = 0, CategorySmoothing = 0 };

    [Theory]
    [InlineData(2, 1)]
    [InlineData(8, 1)]
    [InlineData(8, 3)]
    public void With_a_bin_for_every_value_it_grows_the_exact_tree(int leaves, int outputs)
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            var data = new RandomRows(seed, 300, numbers: 5, outputs: outputs);
            BoostingOptions options = s_plain with { MaxLeaves = leaves, L2 = seed % 3, MinChildWeight = seed % 5 };
            bool unit = seed % 2 == 0;
            var exact = new ExactLearner(data.Features, 0, data.Rows, outputs, options);
            var binned = new HistogramLearner(data.Features, 0, data.Rows, outputs, options);
            Tree expected = exact.Fit(data.Gradient, unit ? default : data.Curvature, TreeSample.All), found = binned.Fit(data.Gradient, unit ? default : data.Curvature, TreeSample.All);
            Assert.Equal(expected.Leaves, found.Leaves);
            for (int row = 0; row < data.Rows; row++)
            {
                double[] want = expected.Values(exact.LeafOfRow[row]).ToArray(), got = found.Values(binned.LeafOfRow[row]).ToArray();
                for (int k = 0; k < outputs; k++) Assert.Equal(want[k], got[k], 1e-9);
            }
        }
    }

    [Fact]
    public void A_cut_with_missing_values_is_the_best_of_all()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            var data = new RandomRows(seed, 60, numbers: 1, missing: 0.3, levels: 7);
            Tree tree = new HistogramLearner(data.Features, 0, data.Rows, 1, s_plain with { MaxLeaves = 2 }).Fit(data.Gradient, default, TreeSample.All);
            double best = 0;
            foreach (float cut in data.Features.Values.ToArray().Where(value => !float.IsNaN(value)).Distinct())
            {
                best = Math.Max(best, Math.Max(Gain(data, row => data.Features.Values[row] <= cut), Gain(data, row => !(data.Features.Values[row] > cut))));
            }

            Assert.Equal(best, tree.Splits[0].Gain, 1e-3 * best);
            Assert.Equal(best, Gain(data, row => tree.Splits[0].GoesLeft(data.Features.Values[row])), 1e-3 * best);
        }
    }

    [Fact]
    public void A_division_of_categories_is_the_best_of_all()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            var data = new RandomRows(seed, 80, numbers: 0, categories: 1, missing: seed % 2 == 0 ? 0 : 0.2);
            Tree tree = new HistogramLearner(data.Features, 0, data.Rows, 1, s_plain with { MaxLeaves = 2 }).Fit(data.Gradient, default, TreeSample.All);
            double best = 0;
            int groups = RandomRows.CategoryCount + 1;
            for (int set = 1; set < (1 << groups) - 1; set++)
            {
                best = Math.Max(best, Gain(data, row => float.IsNaN(data.Features.Values[row]) ? (set >> (groups - 1) & 1) != 0 : (set >> (int)data.Features.Values[row] & 1) != 0));
            }

            Assert.Equal(best, Gain(data, row => tree.Splits[0].GoesLeft(data.Features.Values[row])), 1e-3 * best);
        }
    }

    [Theory]
    [InlineData(TreeGrowth.LeafWise)]
    [InlineData(TreeGrowth.DepthWise)]
    public void Limits_hold_and_rows_walk_to_the_leaf_they_were_put_in(TreeGrowth growth)
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            int outputs = 1 + (int)(seed % 3), most = 2 + (int)(seed % 29), depth = (int)(seed % 6);
            var data = new RandomRows(seed, 200 + (int)(seed % 400), numbers: 3, categories: 2, missing: 0.1, levels: seed % 2 == 0 ? 9 : 0, outputs: outputs);
            BoostingOptions options = s_plain with { MaxLeaves = most, MaxDepth = depth, Growth = growth, MinChildWeight = 4, L1 = seed % 4 == 0 ? 0.5 : 0, L2 = 1 };
            var learner = new HistogramLearner(data.Features, 0, data.Rows, outputs, options);
            int[]? bag = seed % 2 == 0 ? null : [.. Enumerable.Range(0, data.Rows).Where(row => (row * 7 + (int)(seed % 5)) % 3 != 0)];
            Tree tree = learner.Fit(data.Gradient, default, new TreeSample(bag, null));
            Assert.InRange(tree.Leaves, 1, most);
            Assert.Equal(tree.Leaves - 1, tree.Splits.Count);
            for (int row = 0; row < data.Rows; row++) Assert.Equal(tree.LeafOf(data.Features.Row(row)), learner.LeafOfRow[row]);
            int[] rows = bag ?? [.. Enumerable.Range(0, data.Rows)];
            for (int leaf = 0; leaf < tree.Leaves; leaf++)
            {
                int count = rows.Count(row => learner.LeafOfRow[row] == leaf);
                Assert.Equal(count, tree.Cover(leaf), 1e-9);
                if (tree.Leaves > 1) Assert.InRange(count, 4, data.Rows);
                Assert.True(depth == 0 || DepthOf(tree, ~leaf) <= depth);
                for (int k = 0; k < outputs; k++)
                {
                    double sum = rows.Where(row => learner.LeafOfRow[row] == leaf).Sum(row => data.Gradient[(row * outputs) + k]);
                    double shrunk = Math.Sign(sum) * Math.Max(Math.Abs(sum) - options.L1, 0);
                    Assert.Equal(-shrunk / (count + options.L2), tree.Values(leaf)[k], 1e-9);
                }
            }
        }));
    }

    [Theory]
    [InlineData(3, 1, 40_000)]
    [InlineData(20, 1, 40_000)]
    [InlineData(9, 4, 20_000)]
    public void Trees_have_the_same_bits_at_any_number_of_threads(int numbers, int outputs, int rows)
    {
        int before = Workers.Count;
        try
        {
            var data = new RandomRows(5, rows, numbers, categories: 1, missing: 0.05, levels: 0, outputs: outputs);
            var trees = new List<Tree>();
            foreach (int threads in (int[])[1, 2, 3])
            {
                Workers.Configure(threads);
                trees.Add(new HistogramLearner(data.Features, 0, rows, outputs, new BoostingOptions { MaxLeaves = 40 }).Fit(data.Gradient, data.Curvature, TreeSample.All));
            }

            foreach (Tree tree in trees)
            {
                Assert.Equal(trees[0].LeafValues, tree.LeafValues);
                Assert.Equal(trees[0].Splits.Select(split => split with { LeftCategories = null }), tree.Splits.Select(split => split with { LeftCategories = null }));
            }
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_monotone_feature_only_moves_the_prediction_one_way(int direction)
    {
        var data = new RandomRows(9, 2000, numbers: 3, levels: 0);
        BoostingOptions options = s_plain with { MaxLeaves = 31, L2 = 1, Monotone = new Dictionary<string, int> { ["x0"] = direction } };
        Tree tree = new HistogramLearner(data.Features, 0, data.Rows, 1, options).Fit(data.Gradient, data.Curvature, TreeSample.All);
        Assert.True(tree.Leaves > 10);
        for (int row = 0; row < 200; row++)
        {
            float[] moved = data.Features.Row(row).ToArray();
            double last = double.NegativeInfinity * direction;
            for (float value = -3; value <= 3; value += 0.05f)
            {
                moved[0] = value;
                double now = tree.Values(tree.LeafOf(moved))[0];
                Assert.True(direction > 0 ? now >= last : now <= last);
                last = now;
            }
        }
    }

    [Fact]
    public void Columns_outside_the_sample_are_not_split_on()
    {
        var data = new RandomRows(2, 500, numbers: 12);
        bool[] allowed = [.. Enumerable.Range(0, 12).Select(column => column is 3 or 9)];
        Tree tree = new HistogramLearner(data.Features, 0, data.Rows, 1, s_plain with { MaxLeaves = 12 }).Fit(data.Gradient, default, new TreeSample(null, allowed));
        Assert.NotEmpty(tree.Splits);
        Assert.All(tree.Splits, split => Assert.True(allowed[split.Feature]));
    }

    private static int DepthOf(Tree tree, int child)
    {
        for (int split = 0; split < tree.Splits.Count; split++)
        {
            if (tree.Splits[split].Left == child || tree.Splits[split].Right == child) return 1 + (split == 0 ? 0 : DepthOf(tree, split));
        }

        return 0;
    }

    private static double Gain(RandomRows data, Func<int, bool> left)
    {
        double sumLeft = 0, sumRight = 0, rowsLeft = 0, rowsRight = 0;
        for (int row = 0; row < data.Rows; row++)
        {
            if (left(row)) (sumLeft, rowsLeft) = (sumLeft + data.Gradient[row], rowsLeft + 1);
            else (sumRight, rowsRight) = (sumRight + data.Gradient[row], rowsRight + 1);
        }

        if (rowsLeft == 0 || rowsRight == 0) return 0;
        return (sumLeft * sumLeft / rowsLeft) + (sumRight * sumRight / rowsRight) - (Math.Pow(sumLeft + sumRight, 2) / data.Rows);
    }
}
