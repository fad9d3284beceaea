using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

public sealed class ThreeBatchBalancerTests
{
    public static TheoryData<string> Rules => new("modo", "sdmgrad");

    [Theory]
    [MemberData(nameof(Rules))]
    public void Weights_stay_on_the_simplex_and_the_update_is_that_of_one_batch(string rule) => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        TaskGradients[] batches = [.. Enumerable.Range(1, 3).Select(q => TaskGradients.FromRows([.. rows.Select(row => row.Select(x => x * q).ToArray())]))];
        var balancer = (ThreeBatchBalancer)Balancers.Create(rule);
        float[] combined = new float[rows[0].Length];
        double[] weights = new double[rows.Length];
        for (int step = 0; step < 5; step++) balancer.Combine(new BalanceInput { Tasks = rows.Length, Step = step }, batches, combined, weights);
        Assert.Equal(1, weights.Sum(), 1e-9);
        Assert.Equal(1, balancer.Carried.ToArray().Sum(), 1e-9);
        Assert.All(balancer.Carried.ToArray(), weight => Assert.True(weight >= 0));
        double multiple = rule == "modo" ? 3 : 1;
        RandomTasks.Near([.. RandomTasks.Combine(weights, rows).Select(x => multiple * x)], [.. combined.Select(x => (double)x)], 1e-5 * multiple * RandomTasks.Mass(weights, rows));
    }, spread: 3);

    [Fact]
    public void MoDo_on_three_equal_batches_finds_the_minimum_norm_point()
    {
        // Without regularisation its weights descend on |w^T G|^2 / 2: for orthogonal rows the answer is w_k in proportion to 1 / |g_k|^2.
        TaskGradients rows = TaskGradients.FromRows([1f, 0f], [0f, 2f]);
        var balancer = new MoDo(gamma: 0.05, rho: 0);
        double[] weights = new double[2];
        for (int step = 0; step < 500; step++) balancer.Combine(new BalanceInput { Tasks = 2 }, [rows, rows, rows], new float[2], weights);
        Assert.Equal(0.8, weights[0], 1e-9);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void An_absent_task_keeps_its_weight_and_the_others_share_the_rest(string rule)
    {
        var balancer = (ThreeBatchBalancer)Balancers.Create(rule);
        var state = new BalancerState();
        state.Set("weights", [0.5, 0.3, 0.2]);
        balancer.ReadState(state);
        TaskGradients rows = TaskGradients.FromRows([1f, 0.2f], [-0.5f, 2f]);
        double[] weights = new double[2];
        balancer.Combine(new BalanceInput { Tasks = 2, Active = [0, 2], TotalTasks = 3 }, [rows, rows, rows], new float[2], weights);
        Assert.Equal(1, weights.Sum(), 1e-12);
        Assert.Equal(0.3, balancer.Carried[1]);
        Assert.Equal(1, balancer.Carried.ToArray().Sum(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Degenerate_gradients_give_finite_updates(string rule)
    {
        float[][][] hard = [[[1f, 2f]], [[0f, 0f]], [[0f, 0f], [0f, 0f]], [[0f, 0f], [1f, -2f]], [[1f, 1f], [-1f, -1f]], [[1e-12f, 0f], [-1e12f, 1e12f], [0f, -1f]]];
        foreach (float[][] rows in hard)
        {
            TaskGradients batch = TaskGradients.FromRows(rows);
            Balancer balancer = Balancers.Create(rule);
            float[] combined = new float[2];
            double[] weights = new double[rows.Length];
            for (int step = 0; step < 5; step++) balancer.Combine(new BalanceInput { Tasks = rows.Length }, [batch, batch, batch], combined, weights);
            Assert.All(combined, value => Assert.True(float.IsFinite(value)));
            Assert.Equal(1, weights.Sum(), 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void What_the_rule_cannot_use_is_refused(string rule)
    {
        Balancer balancer = Balancers.Create(rule);
        TaskGradients good = TaskGradients.FromRows([1f, 0f], [0f, 1f]), bad = TaskGradients.FromRows([1f, 0f], [float.NaN, 1f]);
        BalancerException error = Assert.Throws<BalancerException>(() => balancer.Combine(new BalanceInput { Tasks = 2, Active = [1, 4], TotalTasks = 5 }, [bad, bad, bad], new float[2], new double[2]));
        Assert.Equal(4, error.TaskIndex);
        Assert.Throws<BalancerException>(() => balancer.Combine(new BalanceInput { Tasks = 2 }, [good, good], new float[2], new double[2]));
        Assert.Throws<BalancerException>(() => balancer.Weigh(new BalanceInput { Losses = [1f, 1f] }, new double[2]));
        Assert.Throws<BalancerException>(() => Balancers.Create("ew").Combine(new BalanceInput { Tasks = 2 }, [good, good, good], new float[2], new double[2]));
    }
}
