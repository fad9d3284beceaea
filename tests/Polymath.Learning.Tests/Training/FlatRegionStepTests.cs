using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;

namespace Polymath.Tests;

/// <summary>What one step of flat-region training does, against its definition.</summary>
public sealed class FlatRegionStepTests
{
    private const double Rho = 0.3;
    private static readonly ArrayDataset s_data = ToyData.Make(24);

    /// <summary>A perturbation that no float notices.</summary>
    private static readonly FlatRegions s_still = new() { Rho = 1e-30 };

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Every_task_moves_the_shared_parameters_and_its_own_by_its_gradient(bool adaptive, bool separate)
    {
        var net = new WatchedNet(ToyData.Tasks);
        using var steps = new FlatSteps(net, RowRule.Mean(), new FlatRegions { Rho = Rho, Adaptive = adaptive, SeparateNorms = separate, FlatBalancer = RowRule.Mean() }, s_data);
        float[] before = [.. steps.Block.Values];
        net.Passes.Clear();
        steps.Run();
        Assert.Equal(before, steps.Block.Values.ToArray());
        Assert.Equal(1 + ToyData.Tasks.Count, net.Passes.Count);
        Dictionary<string, float[]> start = net.Passes[0];
        for (int task = 0; task < ToyData.Tasks.Count; task++)
        {
            Dictionary<string, float[]> moved = net.Passes[1 + task];
            double shared = 0, own = 0;
            foreach ((string name, float[] values) in moved)
            {
                bool isShared = name.StartsWith("trunk", StringComparison.Ordinal), isOwn = name.StartsWith($"heads.{task}.", StringComparison.Ordinal);
                if (!isShared && !isOwn) Assert.Equal(start[name], values);
                if (adaptive && name == "trunk.bias") Assert.Equal(start[name], values);

                // ||e|| = rho for SAM; for ASAM e = rho w^2 g / ||w g||, so it is ||e / w|| that is rho.
                double squares = values.Select((value, i) => adaptive ? start[name][i] == 0 ? 0 : (value - start[name][i]) / start[name][i] : (double)value - start[name][i]).Sum(part => part * part);
                if (isShared) shared += squares;
                else own += squares;
            }

            Assert.Equal(Rho, Math.Sqrt(separate ? shared : shared + own), 1e-5);
            if (separate) Assert.Equal(Rho, Math.Sqrt(own), 1e-5);
            Assert.True(shared > 0 && own > 0);
        }
    }

    [Fact]
    public void The_gradient_is_the_mean_of_those_at_the_perturbed_parameters_for_a_linear_rule()
    {
        // Every pass is made by hand: a net with the parameters of that pass, and the gradient of that task's loss alone.
        var net = new WatchedNet(ToyData.Tasks);
        using var steps = new FlatSteps(net, RowRule.Mean(), new FlatRegions { Rho = Rho, FlatBalancer = RowRule.Mean() }, s_data);
        net.Passes.Clear();
        float[] found = steps.Run();
        double[] expected = new double[found.Length];
        for (int task = 0; task < ToyData.Tasks.Count; task++)
        {
            var moved = new WatchedNet(ToyData.Tasks);
            foreach ((string name, Parameter parameter) in moved.NamedParameters()) net.Passes[1 + task][name].CopyTo(parameter.Value.Span);
            int chosen = task;
            using var alone = new FlatSteps(moved, new RowRule("one task", (_, weights) =>
            {
                weights.Clear();
                weights[chosen] = 1;
            }), null, s_data);
            float[] gradient = alone.Run();
            foreach ((string name, Parameter parameter, int offset) in alone.Block.Places)
            {
                bool isShared = name.StartsWith("trunk", StringComparison.Ordinal);
                if (!isShared && !name.StartsWith($"heads.{task}.", StringComparison.Ordinal)) continue;
                for (int i = offset; i < offset + parameter.Shape.Length; i++) expected[i] += gradient[i] / (isShared ? ToyData.Tasks.Count : 1.0);
            }
        }

        for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-6);
    }

    [Fact]
    public void Split_and_direct_aggregation_agree_for_linear_rules()
    {
        float[] split = Gradient(RowRule.Mean(), new FlatRegions { Rho = Rho, FlatBalancer = RowRule.Mean() }), direct = Gradient(RowRule.Mean(), new FlatRegions { Rho = Rho, Split = FlatSplit.Direct });
        float[] losses = Gradient(new EqualWeighting(mean: true), new FlatRegions { Rho = Rho });
        int shared = (ToyData.Features * 8) + 8;
        for (int i = 0; i < split.Length; i++) Assert.Equal(direct[i], split[i], 1e-6f);

        // A rule on losses weighs the tasks' own parameters too, here with 1/3.
        for (int i = 0; i < split.Length; i++) Assert.Equal(direct[i] / (i < shared ? 1 : 3), losses[i], 1e-6f);
    }

    [Theory]
    [InlineData("ew")]
    [InlineData("uw")]
    [InlineData("pcgrad")]
    [InlineData("cagrad")]
    [InlineData("mgda")]
    [InlineData("upgrad")]
    public void All_passes_draw_the_same_dropout_and_a_flat_part_of_zero_is_left_out(string balancer)
    {
        float[] expected = Run(Balancers.Create(balancer), null, out FlatSteps ordinary), found = Run(Balancers.Create(balancer), s_still, out FlatSteps steps);
        Assert.Equal(steps.Step.Flat.Losses.ToArray(), steps.Step.Flat.PerturbedLosses.ToArray());
        for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f);
        Assert.Equal(ordinary.Step.Weights.ToArray(), steps.Step.Weights.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);

        static float[] Run(Balancer rule, FlatRegions? regions, out FlatSteps steps)
        {
            using (steps = new FlatSteps(new ToyModel(ToyData.Tasks, dropout: 0.5f), rule, regions, s_data)) return steps.Run();
        }
    }

    [Theory]
    [InlineData("ew")]
    [InlineData("pcgrad")]
    [InlineData("cagrad")]
    public void Steps_in_between_are_those_of_the_balancer_alone(string balancer)
    {
        const int Steps = 7;
        float[][] found = Run(new FlatRegions { Rho = Rho, PerturbEvery = 3 }), expected = Run(null);
        for (int step = 0; step < Steps; step++) Assert.Equal(step % 3 != 0, expected[step].AsSpan().SequenceEqual(found[step]));

        float[][] Run(FlatRegions? regions)
        {
            using var steps = new FlatSteps(new ToyModel(ToyData.Tasks), Balancers.Create(balancer), regions, s_data);
            float[][] gradients = new float[Steps][];
            for (int step = 0; step < Steps; step++)
            {
                gradients[step] = steps.Run(step);
                Assert.Equal(regions is null || step % 3 != 0, steps.Step.Flat.IsEmpty);
            }

            return gradients;
        }
    }

    [Fact]
    public void Running_statistics_take_one_batch_per_step()
    {
        ToyModel model = new(ToyData.Tasks, batchNorm: true), alone = new(ToyData.Tasks, batchNorm: true);
        using (var steps = new FlatSteps(model, new CAGrad(), new FlatRegions { Rho = Rho }, s_data)) steps.Run();
        using (var ordinary = new FlatSteps(alone, new CAGrad(), null, s_data)) ordinary.Run();
        Assert.Equal(ToyModel.Values(alone), ToyModel.Values(model));
        Assert.All(model.Descend(), module => Assert.False(module.StatisticsFrozen));
    }

    [Fact]
    public void The_report_is_what_the_gradients_say()
    {
        using (var steps = new FlatSteps(new ToyModel(ToyData.Tasks), new CAGrad(), new FlatRegions { Rho = Rho }, s_data))
        {
            steps.Run();
            FlatReport split = steps.Step.Flat;
            for (int k = 0; k < 3; k++)
            {
                Assert.True(split.Sharpness(k) > 0);
                Assert.Equal(Math.Sqrt(split.FlatGramian[k * 4]), split.FlatNorms[k], 1e-9);
                Assert.Equal(Math.Sqrt(split.GradientGramian[k * 4]), split.GradientNorms[k], 1e-12);
                Assert.Equal(1, split.FlatCosine(k, k), 1e-12);
                Assert.InRange(split.TaskCosines[k], -1, 1);
            }

            Assert.Equal(split.GradientCosine(0, 1), split.GradientGramian[1] / (split.GradientNorms[0] * split.GradientNorms[1]), 1e-12);
        }

        using var direct = new FlatSteps(new ToyModel(ToyData.Tasks), new CAGrad(), new FlatRegions { Rho = Rho, Split = FlatSplit.Direct }, s_data);
        direct.Run();
        Assert.True(direct.Step.Flat.FlatGramian.IsEmpty);
        Assert.True(double.IsNaN(direct.Step.Flat.FlatCosine(0, 1)));
        Assert.True(direct.Step.Flat.FlatNorms[0] > 0);
    }

    [Fact]
    public void The_angle_of_a_flat_gradient_is_that_of_the_difference_of_two_gradients()
    {
        // w <- w + e in L(w) = w^T H w / 2 changes the gradient H w by H e = k H H w.
        const double A = 2, B = 0.5;
        using var steps = new FlatSteps(new Quadratic(), new EqualWeighting(), new FlatRegions { Rho = Rho }, new ArrayDataset([(float)A, 0, 0, (float)B], 2, [], 0, [0, 0], 1));
        steps.Run();
        double g1 = A * A * Quadratic.Start[0], g2 = B * B * Quadratic.Start[1], f1 = A * A * g1, f2 = B * B * g2, norm = Math.Sqrt((g1 * g1) + (g2 * g2)), change = Math.Sqrt((f1 * f1) + (f2 * f2));
        Assert.Equal(norm, steps.Step.Flat.GradientNorms[0], 1e-6);
        Assert.Equal(Rho / norm * change, steps.Step.Flat.FlatNorms[0], 1e-6);
        Assert.Equal(((g1 * f1) + (g2 * f2)) / (norm * change), steps.Step.Flat.TaskCosines[0], 1e-5);
    }

    [Fact]
    public void One_task_is_textbook_SAM()
    {
        // L(w) = (a^2 w1^2 + b^2 w2^2) / 2, so with H = diag(a^2, b^2): w <- w - lr H (w + rho H w / ||H w||).
        const double Rate = 0.1, A = 2, B = 0.5;
        var model = new Quadratic();
        var data = new ArrayDataset([(float)A, 0, 0, (float)B], 2, [], 0, [0, 0], 1);
        new Trainer(model) { Optimizer = new Sgd(Rate), FlatRegions = new FlatRegions { Rho = Rho }, Options = new() { Epochs = 4, BatchSize = 2 } }.Run(data);
        double w1 = Quadratic.Start[0], w2 = Quadratic.Start[1];
        for (int step = 0; step < 4; step++)
        {
            double g1 = A * A * w1, g2 = B * B * w2, k = Rho / Math.Sqrt((g1 * g1) + (g2 * g2));
            (w1, w2) = (w1 - (Rate * A * A * (w1 + (k * g1))), w2 - (Rate * B * B * (w2 + (k * g2))));
        }

        float[] found = ToyModel.Values(model);
        Assert.Equal(w1, found[0], 1e-6);
        Assert.Equal(w2, found[1], 1e-6);
    }

    [Fact]
    public void Memory_is_two_rows_per_task_or_one_the_combined_row_and_a_copy()
    {
        using var split = new FlatSteps(new ToyModel(ToyData.Tasks), new CAGrad(), new FlatRegions(), s_data);
        int shared = split.Block.Layout.SharedCount, all = split.Block.Layout.Count, own = all - shared;
        Assert.Equal(4L * ((6 * shared) + own + all + all), split.Step.GradientBytes);
        using var direct = new FlatSteps(new ToyModel(ToyData.Tasks), new CAGrad(), new FlatRegions { Split = FlatSplit.Direct }, s_data);
        Assert.Equal(4L * ((3 * shared) + own + all + all), direct.Step.GradientBytes);
    }

    private static float[] Gradient(Balancer balancer, FlatRegions regions)
    {
        using var steps = new FlatSteps(new ToyModel(ToyData.Tasks), balancer, regions, s_data);
        return steps.Run();
    }
}
