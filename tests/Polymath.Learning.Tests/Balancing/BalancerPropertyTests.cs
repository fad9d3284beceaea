using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

public sealed class BalancerPropertyTests
{
    public static TheoryData<string> GramianRules => new("cagrad", "cagrad:c=1.5,rescale=0", "cagrad:form=torchjd", "mgda", "mgda:norm=l2", "mgda:norm=loss+", "upgrad", "upgrad:relative=true", "pcgrad", "pcgrad:eps=0,mean=true");

    public static TheoryData<string> EveryRule
    {
        get
        {
            var rules = new TheoryData<string>();
            foreach (string rule in SingleBatchRules().Union(GramianRules.Select(row => row.Data)).Union(["gradvac:group=2", "graddrop:at=parameters", "moco:update=projection", "stch:warmup=0"])) rules.Add(rule);
            return rules;
        }
    }

    private static IEnumerable<string> SingleBatchRules() => Balancers.All.Select(descriptor => descriptor.Name).Where(name => RandomTasks.IsSingleBatch(Balancers.Create(name)));

    [Fact]
    public void MGDA_conflicts_with_no_task_at_any_scale() => RandomTasks.Check(tasks => NoConflict(new MGDA(), tasks, 1e-9), spread: 6);

    [Fact]
    public void CAGrad_with_radius_one_or_more_conflicts_with_no_task() => RandomTasks.Check(tasks =>
    {
        // As many dimensions as tasks: once the origin is in the hull the official formula overshoots whatever c is. LibMTL's
        // 1e-8 inside the root shortens the step by about 1e-4 of a tiny gradient, hence the second tolerance.
        NoConflict(new CAGrad(c: 1, form: CAGradForm.TorchJD, normEps: 1e-12), tasks, 1e-6);
        NoConflict(new CAGrad(c: 2, CAGradRescale.None), tasks, 1e-3);
    }, fewestParameters: 6);

    [Fact]
    public void UPGrad_conflicts_with_no_task_beyond_its_regularisation() => RandomTasks.Check(tasks =>
    {
        const double regEps = 1e-6;
        tasks.RequireNoConflictBeyond(regEps, RandomTasks.Weigh(new UPGrad(normEps: 0, regEps: regEps), tasks.Rows()));
    }, spread: 3);

    [Fact]
    public void CAGrad_improves_the_worst_task_at_least_as_much_as_any_direction_in_its_ball() => RandomTasks.Check(tasks =>
    {
        const double c = 0.5;
        float[][] rows = tasks.Rows();
        double[] mean = RandomTasks.Combine([.. rows.Select(_ => 1.0 / rows.Length)], rows);
        double[] update = RandomTasks.Update(new CAGrad(c, form: CAGradForm.TorchJD, normEps: 1e-9), rows);
        if (update.All(x => x == 0)) return;
        double radius = c * RandomTasks.Norm(mean), worst = rows.Min(row => RandomTasks.Dot(row, update));
        var random = new RandomStream(5);
        double[] other = new double[mean.Length];
        for (int trial = 0; trial < 50; trial++)
        {
            double[] step = [.. mean.Select(_ => random.NextNormalDouble())];
            double length = RandomTasks.Norm(step);
            for (int p = 0; p < mean.Length; p++) other[p] = mean[p] + (radius * step[p] / length);
            Assert.True(rows.Min(row => RandomTasks.Dot(row, other)) <= worst + (1e-7 * (1 + Math.Abs(worst))));
        }
    });

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_CAGrad_dual_meets_its_optimality_conditions_at_any_scale(double c) => RandomTasks.Check(tasks =>
    {
        const double smoothing = 1e-8;
        float[][] rows = tasks.Rows();
        int n = rows.Length;
        double[] dual = new double[n], weights = new double[n], gramian = RandomTasks.Gramian(rows);
        CAGrad.LibMtlWeights(gramian, c, CAGradRescale.None, dual, weights);
        Assert.Equal(1, dual.Sum(), 1e-12);
        Assert.All(dual, w => Assert.True(w >= 0));

        // d/dw of b^T w + r sqrt(w^T A w + e): smallest and equal on the support. (At c = 1 with the origin in the hull the optimum is
        // a whole face and the slopes are rounding noise, so 1 is not among the radii.)
        double[] mean = RandomTasks.Combine([.. rows.Select(_ => 1.0 / n)], rows), point = RandomTasks.Combine(dual, rows);
        double radius = (c * Math.Sqrt(Math.Pow(RandomTasks.Norm(mean), 2) + smoothing)) + smoothing;
        double root = Math.Sqrt(Math.Pow(RandomTasks.Norm(point), 2) + smoothing);
        double[] slope = [.. rows.Select(row => RandomTasks.Dot(row, mean) + (radius * RandomTasks.Dot(row, point) / root))];
        double level = slope.Zip(dual, (s, w) => s * w).Sum();
        for (int i = 0; i < n; i++)
        {
            double reach = RandomTasks.Norm(mean) + radius;
            double allowed = (1e-6 * reach * RandomTasks.Norm(rows[i])) + (1e-11 * reach * RandomTasks.Mass(dual, rows) * Math.Max(1, RandomTasks.Mass(dual, rows) / root));
            Assert.True(slope[i] >= level - allowed, $"{tasks}: slope {i} is {slope[i]}, level {level}");
        }
    }, spread: 4, cases: 500);

    [Theory]
    [MemberData(nameof(GramianRules))]
    public void Reordering_the_tasks_reorders_nothing_in_the_update(string rule) => RandomTasks.Check(tasks =>
    {
        if (rule.StartsWith("pcgrad", StringComparison.Ordinal)) return;
        float[][] rows = tasks.Rows();
        float[] losses = [.. rows.Select((_, k) => 0.5f + k)];
        int[] order = new int[rows.Length];
        new RandomStream((ulong)tasks.Seed).FillPermutation(order);
        double[] weights = RandomTasks.Weigh(Balancers.Create(rule), rows, losses);
        double[] direct = RandomTasks.Combine(weights, rows);
        double[] shuffled = RandomTasks.Update(Balancers.Create(rule), [.. order.Select(k => rows[k])], [.. order.Select(k => losses[k])]);
        RandomTasks.Near(direct, shuffled, 1e-6 * RandomTasks.Mass(weights, rows));
    }, fewestParameters: 6);

    [Fact]
    public void PCGrad_follows_its_orders_when_the_tasks_are_renamed() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        int n = rows.Length;
        int[] order = new int[n], place = new int[n];
        new RandomStream((ulong)tasks.Seed).FillPermutation(order);
        for (int i = 0; i < n; i++) place[order[i]] = i;
        int[][] visits = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => (i + j) % n).ToArray())];
        double[] direct = RandomTasks.Update(new PCGrad { Orders = new Visits(visits) }, rows);
        int[][] renamed = [.. order.Select(k => visits[k].Select(j => place[j]).ToArray())];
        double[] shuffled = RandomTasks.Update(new PCGrad { Orders = new Visits(renamed) }, [.. order.Select(k => rows[k])]);
        RandomTasks.Near(direct, shuffled, 1e-9 * rows.Sum(RandomTasks.Norm) * n);
    });

    [Theory]
    [InlineData("mgda")]
    [InlineData("upgrad:relative=true")]
    [InlineData("pcgrad:eps=0")]
    [InlineData("ew")]
    public void Scaling_all_gradients_by_a_power_of_two_leaves_the_weights(string rule) => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] weights = RandomTasks.Weigh(Balancers.Create(rule), rows);
        RandomTasks.Near(weights, RandomTasks.Weigh(Balancers.Create(rule), Scaled(rows, 1f / 1024)), 1e-9 * weights.Max(Math.Abs));
        RandomTasks.Near(weights, RandomTasks.Weigh(Balancers.Create(rule), Scaled(rows, 4096)), 1e-9 * weights.Max(Math.Abs));
    });

    [Fact]
    public void CAGrad_updates_scale_with_the_gradients_where_the_constants_do_not_matter() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] weights = RandomTasks.Weigh(new CAGrad(form: CAGradForm.TorchJD, normEps: 0), rows);
        double[] scaled = RandomTasks.Weigh(new CAGrad(form: CAGradForm.TorchJD, normEps: 0), Scaled(rows, 1024));
        RandomTasks.Near(weights, scaled, 1e-6 * weights.Max(Math.Abs));
    }, fewestParameters: 6);

    [Fact]
    public void UPGrad_without_conflict_is_the_mean_and_is_linear_in_each_tasks_scale() => RandomTasks.Check(tasks =>
    {
        // Gradients in the positive orthant never conflict: every projection is the identity.
        float[][] rows = [.. tasks.Rows().Select(row => row.Select(Math.Abs).ToArray())];
        double[] weights = RandomTasks.Weigh(new UPGrad(), rows);
        RandomTasks.Near([.. rows.Select(_ => 1.0 / rows.Length)], weights, 1e-9);
    });

    [Fact]
    public void UPGrad_is_linear_under_scaling_of_the_preferences() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] preference = [.. rows.Select((_, k) => 0.1 + (0.2 * k))];
        double[] once = RandomTasks.Weigh(new UPGrad(preference), rows), thrice = RandomTasks.Weigh(new UPGrad([.. preference.Select(p => 3 * p)]), rows);
        RandomTasks.Near([.. once.Select(w => 3 * w)], thrice, 1e-9 * thrice.Max(Math.Abs));
    });

    [Fact]
    public void UPGrad_update_is_linear_when_one_task_is_rescaled() => RandomTasks.Check(tasks =>
    {
        // Definition 4 of the paper: the update is linear in the scale of each gradient (checked by three points on a line).
        float[][] rows = tasks.Rows();
        double[] at(float s) => RandomTasks.Update(new UPGrad(normEps: 0, regEps: 1e-11), [[.. rows[0].Select(x => s * x)], .. rows[1..]]);
        double[] one = at(1), two = at(2), three = at(3);
        RandomTasks.Near([.. one.Zip(three, (x, y) => (x + y) / 2)], two, 1e-4 * rows.Sum(RandomTasks.Norm));
    }, fewestParameters: 8);

    [Theory]
    [InlineData("none")]
    [InlineData("l2")]
    [InlineData("loss")]
    [InlineData("loss+")]
    public void MGDA_weights_lie_on_the_simplex_after_undoing_the_normalisation(string normalization) => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        float[] losses = [.. rows.Select((_, k) => (float)Math.Pow(10, k - 2))];
        double[] weights = new double[rows.Length], normalizers = new double[rows.Length];
        var balancer = (MGDA)Balancers.Create($"mgda:norm={normalization}");
        balancer.SimplexWeights(new BalanceInput { Losses = losses, Gramian = RandomTasks.Gramian(rows) }, weights, normalizers);
        Assert.Equal(1, weights.Sum(), 1e-12);
        Assert.All(weights, w => Assert.True(w >= 0));
        RandomTasks.Near([.. weights.Zip(normalizers, (w, q) => w / q)], RandomTasks.Weigh(balancer, rows, losses), 0);
    }, spread: 6);

    [Theory]
    [InlineData("mgda", 1.0)]
    [InlineData("upgrad", 1.0)]
    [InlineData("pcgrad", 4.0)]
    [InlineData("ew", 4.0)]
    [InlineData("ew:mean=true", 1.0)]
    [InlineData("cagrad", 1.5 / 1.25)]
    [InlineData("cagrad:rescale=0", 1.5)]
    [InlineData("cagrad:rescale=2", 1.0)]
    [InlineData("cagrad:form=torchjd,c=0.4", 1.4)]
    public void Identical_tasks_give_a_known_multiple_of_their_gradient(string rule, double multiple)
    {
        float[] gradient = [3, -1, 2];
        double[] update = RandomTasks.Update(Balancers.Create(rule), [gradient, gradient, gradient, gradient]);
        RandomTasks.Near([.. gradient.Select(x => multiple * x)], update, 1e-6);
    }

    [Theory]
    [InlineData("mgda")]
    [InlineData("mgda:norm=l2")]
    public void A_duplicated_task_does_not_move_the_minimum_norm_update(string rule) => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] once = RandomTasks.Update(Balancers.Create(rule), rows), twice = RandomTasks.Update(Balancers.Create(rule), [.. rows, rows[0]]);
        RandomTasks.Near(once, twice, 1e-6);
    }, fewestParameters: 6);

    [Theory]
    [MemberData(nameof(EveryRule))]
    public void Every_rule_survives_degenerate_gradients(string rule)
    {
        // Rules that look at more than one batch have their own.
        if ((Balancers.Create(rule).Needs & (BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel)) != 0) return;
        float[][][] hard =
        [
            [[1f, 2f]],
            [[0f, 0f]],
            [[0f, 0f], [0f, 0f], [0f, 0f]],
            [[0f, 0f], [1f, -2f]],
            [[1f, 1f], [-1f, -1f]],
            [[1f, 1f], [-2f, -2f], [3f, 3f]],
            [[1e-6f, 0f], [-1e6f, 1e6f]],
            [[1e-12f, 0f], [-1e12f, 1e12f], [0f, -1f]],
            [[1e-20f, 1e-20f], [1e-20f, -1e-20f]],
            [[1f], [1f], [1f], [-1f], [0.1f], [1e-7f], [-1e-7f]],
        ];
        foreach (float[][] rows in hard)
        {
            if (rows.Length < Balancers.Find(rule.Split(':')[0]).MinimumTasks) continue;
            Balancer balancer = Balancers.Create(rule);
            float[] losses = [.. rows.Select((_, k) => k == 0 ? 1e-6f : 1e6f)];

            // Twice: what a first step leaves behind must not hurt the second.
            for (int step = 0; step < 2; step++)
            {
                (double[] weights, float[] update) = RandomTasks.Step(balancer, rows, losses, epoch: step);
                Assert.All(weights, w => Assert.True(double.IsFinite(w), $"{rule}: {w}"));
                Assert.All(update, x => Assert.True(float.IsFinite(x), $"{rule}: {x}"));
                balancer.EndEpoch(step, [.. losses.Select(loss => (double)loss)]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(EveryRule))]
    public void A_value_that_is_not_finite_is_refused_and_names_its_task(string rule)
    {
        BalancerException error = Assert.Throws<BalancerException>(() => RandomTasks.Step(Balancers.Create(rule), [[1f, 0f], [0f, 1f]], [1f, float.NaN], active: [1, 4], totalTasks: 5));
        Assert.Equal(4, error.TaskIndex);
        Assert.Contains("task 4", error.Message, StringComparison.Ordinal);
        if ((Balancers.Create(rule).Needs & (BalancerNeeds.Gramian | BalancerNeeds.Gradients | BalancerNeeds.RepresentationGradients)) == 0) return;
        error = Assert.Throws<BalancerException>(() => RandomTasks.Step(Balancers.Create(rule), [[1f, 0f, 1f], [0f, float.NaN, 0f], [0f, 1f, 2f]]));
        Assert.Equal(1, error.TaskIndex);
    }

    [Fact]
    public void MGDA_stops_exactly_when_one_task_has_a_zero_gradient()
    {
        var balancer = new MGDA();
        double[] weights = new double[3];
        Assert.Equal(BalanceStatus.ParetoStationary, balancer.Weigh(new BalanceInput { Losses = [1, 1, 1], Gramian = [1, 0.5, 0, 0.5, 1, 0, 0, 0, 0] }, weights));
        Assert.Equal([0, 0, 1], weights);
    }

    private static void NoConflict(Balancer balancer, RandomTasks tasks, double tolerance)
    {
        float[][] rows = tasks.Rows();
        double[] weights = RandomTasks.Weigh(balancer, rows), update = RandomTasks.Combine(weights, rows);
        double mass = Enumerable.Range(0, rows.Length).Max(k => Math.Abs(weights[k]) * RandomTasks.Norm(rows[k]));
        foreach (float[] row in rows)
        {
            double inner = RandomTasks.Dot(row, update);
            Assert.True(inner >= -tolerance * RandomTasks.Norm(row) * mass, $"{tasks}: inner product {inner}");
        }
    }

    private static float[][] Scaled(float[][] rows, float factor) => [.. rows.Select(row => row.Select(x => factor * x).ToArray())];

    private sealed class Visits(int[][] orders) : IPermutationSource
    {
        public void Fill(int row, Span<int> order) => orders[row].CopyTo(order);
    }
}
