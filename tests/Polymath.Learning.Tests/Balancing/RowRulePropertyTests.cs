using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

public sealed class RowRulePropertyTests
{
    private const int Steps = 4;

    [Theory]
    [InlineData("dwa")]
    [InlineData("stch:warmup=1")]
    [InlineData("famo")]
    [InlineData("excess:eta=0.2")]
    [InlineData("moco")]
    [InlineData("moco:update=projection,rho=0.1")]
    [InlineData("db-mtl")]
    [InlineData("trimmed-mean")]
    public void Renaming_the_tasks_changes_nothing(string rule) => RandomTasks.Check(tasks =>
    {
        if (rule == "trimmed-mean" && tasks.Tasks < 3) return;
        Balancer direct = Balancers.Create(rule), renamed = Balancers.Create(rule);
        int[] order = new int[tasks.Tasks];
        new RandomStream((ulong)tasks.Seed).FillPermutation(order);
        for (int t = 0; t < Steps; t++)
        {
            (float[][] rows, float[] losses) = At(tasks, t);
            (double[] weights, float[] update) = RandomTasks.Step(direct, rows, losses, epoch: t);
            (double[] Weights, float[] Update) other = RandomTasks.Step(renamed, [.. order.Select(k => rows[k])], [.. order.Select(k => losses[k])], epoch: t, lossesAfter: [.. order.Select(k => losses[k] * (0.9f - (0.02f * k)))]);
            RandomTasks.Near([.. order.Select(k => weights[k])], other.Weights, 1e-9 * weights.Max());
            RandomTasks.Near(Doubles(update), Doubles(other.Update), 1e-5 * Math.Max(update.Max(Math.Abs), 1e-3 * rows.Sum(RandomTasks.Norm)));
            double[] means = [.. losses.Select(loss => (double)loss)];
            direct.EndEpoch(t, means);
            renamed.EndEpoch(t, [.. order.Select(k => means[k])]);
        }
    });

    [Theory]
    [InlineData("gradvac:eps=0")]
    [InlineData("trimmed-mean")]
    [InlineData("graddrop:at=parameters,leak=0.25")]
    public void Scaling_all_gradients_by_a_power_of_two_scales_the_update(string rule) => RandomTasks.Check(tasks =>
    {
        if (rule == "trimmed-mean" && tasks.Tasks < 3) return;
        Balancer direct = Balancers.Create(rule), scaled = Balancers.Create(rule);
        for (int t = 0; t < Steps; t++)
        {
            float[][] rows = At(tasks, t).Rows;
            float[] update = RandomTasks.Step(direct, rows).Update, other = RandomTasks.Step(scaled, [.. rows.Select(row => row.Select(x => x * 1024f).ToArray())]).Update;
            Assert.Equal(update.Select(x => x * 1024f), other);
        }
    });

    [Fact]
    public void DB_MTL_does_not_see_the_units_of_a_loss() => RandomTasks.Check(tasks =>
    {
        DBMTL direct = new(), scaled = new();
        for (int t = 0; t < Steps; t++)
        {
            (float[][] rows, float[] losses) = At(tasks, t);
            float[] units = [.. rows.Select((_, k) => (float)Math.Pow(2, (4 * k) - 3))];
            float[] update = RandomTasks.Step(direct, rows, losses).Update;
            float[] other = RandomTasks.Step(scaled, [.. rows.Select((row, k) => row.Select(x => x * units[k]).ToArray())], [.. losses.Select((loss, k) => loss * units[k])]).Update;
            RandomTasks.Near(Doubles(update), Doubles(other), 1e-4 * Math.Max(update.Max(Math.Abs), rows.Max(RandomTasks.Norm)));
        }
    });

    [Fact]
    public void DB_MTL_makes_all_rows_as_long_as_the_longest() => RandomTasks.Check(tasks =>
    {
        var balancer = new DBMTL();
        for (int t = 0; t < Steps; t++)
        {
            (float[][] rows, float[] losses) = At(tasks, t);
            double[] weights = RandomTasks.Step(balancer, rows, losses).Weights;
            BalancerState state = State(balancer);
            double[] norms = [.. Enumerable.Range(0, tasks.Tasks).Select(k => RandomTasks.Norm(state.GetSingles($"average.{k}").ToArray()))];
            for (int k = 0; k < norms.Length; k++) Assert.Equal(norms.Max() / (1 + (1e-8 / norms[k])), norms[k] * weights[k], 1e-6 * norms.Max());
        }
    }, spread: 3);

    [Fact]
    public void Trimmed_mean_is_the_mean_of_the_sorted_middle() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        for (int trim = 0; (2 * trim) + 1 <= tasks.Tasks; trim++)
        {
            float[] update = RandomTasks.Step(new TrimmedMean(trim), rows).Update;
            for (int p = 0; p < update.Length; p++)
            {
                float[] column = [.. rows.Select(row => row[p]).Order()], middle = column[trim..^trim];
                Assert.Equal(middle.Average(x => (double)x), update[p], 1e-6 * middle.Max(Math.Abs));
                Assert.InRange(update[p], middle[0], middle[^1]);
            }
        }
    }, spread: 3);

    [Fact]
    public void GradDrop_with_a_leak_of_one_is_the_sum() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        float[] sum = RandomTasks.Step(new EqualWeighting(), rows).Update, update = RandomTasks.Step(new GradDrop([1], GradDropLevel.Parameters), rows).Update;
        RandomTasks.Near(Doubles(sum), Doubles(update), 1e-5 * rows.Sum(RandomTasks.Norm));
    });

    [Fact]
    public void GradDrop_keeps_one_sign_of_every_column() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        float[] update = RandomTasks.Step(new GradDrop(at: GradDropLevel.Parameters), rows, random: new RandomStream((ulong)tasks.Seed)).Update;
        for (int p = 0; p < update.Length; p++)
        {
            double up = rows.Sum(row => Math.Max(0.0, row[p])), down = rows.Sum(row => Math.Min(0.0, row[p])), allowed = 1e-6 * (up - down);
            Assert.True(Math.Abs(update[p] - up) <= allowed || Math.Abs(update[p] - down) <= allowed, $"{tasks}: {update[p]} is neither {up} nor {down}");
        }
    });

    [Fact]
    public void GradDrop_keeps_a_sign_as_often_as_its_share() => RandomTasks.Check(tasks =>
    {
        // Column values a > 0 and -b: positive survives with probability a / (a + b). 20000 draws, 5 standard deviations.
        const int columns = 20_000;
        double share = 0.05 + (0.9 * new RandomStream((ulong)tasks.Seed).NextDouble());
        float[] positive = new float[columns], negative = new float[columns];
        Array.Fill(positive, (float)share);
        Array.Fill(negative, (float)(share - 1));
        int kept = RandomTasks.Step(new GradDrop(at: GradDropLevel.Parameters), [positive, negative], random: new RandomStream((ulong)tasks.Seed + 1)).Update.Count(x => x > 0);
        Assert.Equal(share, kept / (double)columns, 5 * Math.Sqrt(share * (1 - share) / columns));
    }, cases: 20);

    [Fact]
    public void FAMO_weights_lie_on_the_simplex_and_equalise_the_shares() => RandomTasks.Check(tasks =>
    {
        var balancer = new FAMO(lr: 0.5);
        for (int t = 0; t < Steps; t++)
        {
            (float[][] rows, float[] losses) = At(tasks, t);
            double[] logits = balancer.Logits.IsEmpty ? new double[tasks.Tasks] : balancer.Logits.ToArray();
            double[] weights = RandomTasks.Step(balancer, rows, losses).Weights;
            Assert.Equal(1, weights.Sum(), 1e-12);
            Assert.All(weights, w => Assert.True(w > 0));
            double[] logs = [.. weights.Select((w, k) => Math.Log(w * (losses[k] + 1e-8)) - logits[k])];
            Assert.All(logs, value => Assert.Equal(logs[0], value, 1e-9));
        }
    }, spread: 3);

    [Fact]
    public void FAMO_gives_more_weight_to_the_task_whose_loss_fell_least()
    {
        var balancer = new FAMO();
        for (int t = 0; t < 20; t++) RandomTasks.Step(balancer, [[1f], [1f]], [1f, 1f], lossesAfter: [0.5f, 0.99f]);
        Assert.True(balancer.Logits[1] > balancer.Logits[0]);
    }

    [Fact]
    public void STCH_weights_are_the_gradient_of_the_smooth_maximum() => RandomTasks.Check(tasks =>
    {
        var random = new RandomStream((ulong)tasks.Seed);
        double mu = 0.1 + random.NextDouble();
        float[] losses = [.. Enumerable.Range(0, tasks.Tasks).Select(_ => 0.1f + random.NextSingle())];
        double[] nadir = [.. losses.Select(_ => 0.1 + random.NextDouble())], weights = new double[losses.Length];
        STCH.Weights(losses, nadir, mu, weights);
        double objective(int k, double step) => mu * losses.Length * Math.Log(losses.Select((loss, i) => Math.Exp(Math.Log((loss + (i == k ? step : 0)) / nadir[i]) / mu)).Sum());
        for (int k = 0; k < losses.Length; k++)
        {
            double step = 1e-4 * losses[k], difference = (objective(k, step) - objective(k, -step)) / (2 * step);
            Assert.Equal(difference, weights[k], 1e-5 * Math.Max(1, weights.Max()));
        }
    });

    [Fact]
    public void DWA_weights_sum_to_the_tasks_and_favour_the_slower() => RandomTasks.Check(tasks =>
    {
        var balancer = new DWA();
        double[] before = [.. Enumerable.Range(0, tasks.Tasks).Select(k => 1.0 + k)], after = [.. before.Select((loss, k) => loss * (0.3 + (0.1 * k)))];
        balancer.EndEpoch(0, before);
        balancer.EndEpoch(1, after);
        double[] weights = RandomTasks.Step(balancer, tasks.Rows(), epoch: 2).Weights;
        Assert.Equal(tasks.Tasks, weights.Sum(), 1e-12);
        for (int k = 1; k < weights.Length; k++) Assert.Equal(Math.Exp(0.05), weights[k] / weights[k - 1], 1e-12);
    });

    [Theory]
    [InlineData("dwa")]
    [InlineData("stch:warmup=1")]
    [InlineData("famo")]
    [InlineData("excess:eta=0.2")]
    [InlineData("moco")]
    [InlineData("db-mtl")]
    [InlineData("gradvac")]
    [InlineData("gradvac:group=2")]
    public void An_absent_task_keeps_its_part_of_the_state(string rule) => RandomTasks.Check(tasks =>
    {
        int n = tasks.Tasks, absent = tasks.Seed % n;
        int[] active = [.. Enumerable.Range(0, n).Where(k => k != absent)];
        Balancer balancer = Balancers.Create(rule);
        for (int t = 0; t < Steps; t++)
        {
            (float[][] rows, float[] losses) = At(tasks, t);
            RandomTasks.Step(balancer, rows, losses, epoch: t);
            balancer.EndEpoch(t, [.. losses.Select(loss => (double)loss)]);
            BalancerState before = State(balancer);
            RandomTasks.Step(balancer, [.. active.Select(k => rows[k])], [.. active.Select(k => losses[k])], epoch: t, active: active, totalTasks: n);
            balancer.EndEpoch(t, [.. losses.Select((loss, k) => k == absent ? double.NaN : loss)]);
            BalancerState after = State(balancer);
            foreach ((string name, float[] values) in before.Singles)
            {
                if (name.EndsWith($".{absent}", StringComparison.Ordinal)) Assert.Equal(values, after.GetSingles(name).ToArray());
            }

            foreach ((string name, double[] values) in before.Doubles)
            {
                if (values.Length == n) Assert.Equal(values[absent], after.GetDoubles(name)[absent]);
                if (name == "targets") Assert.Equal(values[absent * n * (values.Length / n / n)], after.GetDoubles(name)[absent * n * (values.Length / n / n)]);
            }

            foreach ((string name, long[] values) in before.Integers)
            {
                if (name is "steps" or "counts") Assert.Equal(values[^(n - absent)], after.GetIntegers(name)[^(n - absent)]);
            }
        }
    });

    [Theory]
    [InlineData("excess")]
    [InlineData("moco")]
    [InlineData("db-mtl")]
    [InlineData("trimmed-mean")]
    [InlineData("graddrop:at=parameters")]
    [InlineData("gradvac:group=1")]
    public void A_rule_on_the_rows_says_that_it_needs_them(string rule)
    {
        BalancerException error = Assert.Throws<BalancerException>(() => Balancers.Create(rule).Weigh(new BalanceInput { Losses = [1f, 1f, 1f], Gramian = new double[9] }, new double[3]));
        Assert.Contains("gradient rows", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("db-mtl", -1f)]
    [InlineData("stch", 0f)]
    [InlineData("famo", -1f)]
    public void A_loss_without_a_logarithm_is_refused_by_its_task(string rule, float loss)
        => Assert.Equal(2, Assert.Throws<BalancerException>(() => RandomTasks.Step(Balancers.Create(rule), [[1f], [1f], [1f]], [1f, 1f, loss])).TaskIndex);

    internal static (float[][] Rows, float[] Losses) At(RandomTasks tasks, int step)
    {
        float[][] rows = (tasks with { Seed = unchecked((tasks.Seed * 31) + step) & int.MaxValue }).Rows();
        return (rows, [.. rows.Select((row, k) => 0.5f + (0.3f * k) + (0.1f * step) + Math.Min(2f, Math.Abs(row[0])))]);
    }

    private static BalancerState State(Balancer balancer)
    {
        var state = new BalancerState();
        balancer.WriteState(state);
        return state;
    }

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];
}
