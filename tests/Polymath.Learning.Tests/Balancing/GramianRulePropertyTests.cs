using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

/// <summary>What the papers promise about the rules that read losses or inner products, on random gradients.</summary>
public sealed class GramianRulePropertyTests
{
    [Fact]
    public void DualProj_conflicts_with_no_task_beyond_its_regularisation() => RandomTasks.Check(tasks =>
    {
        const double regEps = 1e-6;
        double[] weights = RandomTasks.Weigh(new DualProj(normEps: 0, regEps: regEps), tasks.Rows());
        tasks.RequireNoConflictBeyond(regEps, weights);
        Assert.All(weights, weight => Assert.True(weight >= 1.0 / weights.Length));
    }, spread: 3);

    [Fact]
    public void Every_gain_of_the_bargaining_solution_is_the_inverse_of_its_weight() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] weights = new double[rows.Length], gramian = RandomTasks.Gramian(rows);
        Assert.Equal(BalanceStatus.Converged, NashMTL.Weights(gramian, weights));
        for (int i = 0; i < rows.Length; i++)
        {
            double gain = Enumerable.Range(0, rows.Length).Sum(j => gramian[(i * rows.Length) + j] * weights[j]);
            Assert.True(weights[i] > 0);
            Assert.Equal(1, weights[i] * gain, 1e-7);
        }
    }, spread: 6, fewestParameters: 6);

    [Theory]
    [InlineData(0.25, 0)]
    [InlineData(0.5, 3)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(5, 3)]
    [InlineData(10, 2)]
    public void FairGrad_solves_its_equations(double alpha, double spread) => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] weights = new double[rows.Length], gramian = RandomTasks.Gramian(rows);
        Assert.Equal(BalanceStatus.Converged, FairGrad.Weights(gramian, alpha, weights));
        for (int i = 0; i < rows.Length; i++)
        {
            double[] terms = [.. Enumerable.Range(0, rows.Length).Select(j => gramian[(i * rows.Length) + j] * weights[j])];
            double expected = Math.Pow(weights[i], -1 / alpha);
            Assert.True(Math.Abs(terms.Sum() - expected) <= (2e-6 * expected) + (1e-13 * terms.Sum(Math.Abs)), $"{tasks}: {terms.Sum()} is not {expected}");
        }
    }, spread: spread, fewestParameters: 6);

    [Fact]
    public void FairGrad_with_alpha_one_is_the_bargaining_solution() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] fair = RandomTasks.Weigh(new FairGrad(1), rows), bargain = RandomTasks.Weigh(new NashMTL(maxNorm: 0), rows);
        for (int k = 0; k < rows.Length; k++) Assert.Equal(1, fair[k] / bargain[k], 1e-9);
    }, spread: 4, fewestParameters: 6);

    [Fact]
    public void Two_tasks_have_the_closed_forms_of_the_papers() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows()[..2];
        double first = RandomTasks.Norm(rows[0]), second = RandomTasks.Norm(rows[1]), cosine = RandomTasks.Gramian(rows)[1] / first / second;
        double[] bargain = RandomTasks.Weigh(new NashMTL(maxNorm: 0), rows), impartial = RandomTasks.Weigh(new IMTL(lossPart: false), rows);
        Assert.Equal(1, bargain[0] * first * Math.Sqrt(1 + cosine), 1e-7);
        Assert.Equal(1, bargain[1] * second * Math.Sqrt(1 + cosine), 1e-7);
        Assert.Equal(second / (first + second), impartial[0], 1e-9);
        Assert.Equal(first / (first + second), impartial[1], 1e-9);
    }, spread: 4, fewestParameters: 3);

    [Fact]
    public void IMTL_projects_equally_on_every_unit_gradient() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] weights = RandomTasks.Weigh(new IMTL(), rows), update = RandomTasks.Combine(weights, rows);
        Assert.Equal(1, weights.Sum(), 1e-9 * weights.Sum(Math.Abs));
        double[] projections = [.. rows.Select(row => RandomTasks.Dot(row, update) / RandomTasks.Norm(row))];
        RandomTasks.Near([.. rows.Select(_ => projections[0])], projections, 1e-7 * RandomTasks.Mass(weights, rows));
    }, spread: 2, fewestParameters: 8);

    [Fact]
    public void ConFIG_has_one_cosine_with_all_gradients_and_the_length_of_its_projections() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        double[] update = RandomTasks.Update(new ConFIG(), rows);
        double length = RandomTasks.Norm(update);
        double[] cosines = [.. rows.Select(row => RandomTasks.Dot(row, update) / RandomTasks.Norm(row) / length)];
        Assert.All(cosines, cosine => Assert.True(cosine > 0));
        RandomTasks.Near([.. rows.Select(_ => cosines[0])], cosines, 1e-6);
        Assert.Equal(1, rows.Sum(row => RandomTasks.Dot(row, update)) / length / length, 1e-6);
    }, spread: 2, fewestParameters: 8);

    [Fact]
    public void Aligned_gradients_are_orthogonal_and_of_one_length() => RandomTasks.Check(tasks =>
    {
        // Row i of the symmetric B is the weights of the preference e_i; B A B = scale I.
        float[][] rows = tasks.Rows();
        int n = rows.Length;
        double[] gramian = RandomTasks.Gramian(rows);
        double[][] aligned = [.. Enumerable.Range(0, n).Select(i => RandomTasks.Update(new AlignedMTL(pref: [.. Enumerable.Range(0, n).Select(k => k == i ? 1.0 : 0)]), rows))];
        double scale = aligned[0].Sum(x => x * x);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++) Assert.Equal(i == j ? 1 : 0, aligned[i].Zip(aligned[j], (x, y) => x * y).Sum() / scale, 1e-6);
        }
    }, fewestParameters: 8);

    [Fact]
    public void Krum_selects_the_tasks_that_agree()
    {
        float[][] rows = [[1f, 0f], [1.1f, 0f], [0.9f, 0.1f], [-40f, 3f], [1f, -0.1f]];
        double[] weights = RandomTasks.Weigh(new Krum(byzantine: 1, selected: 4), rows);
        Assert.Equal([0.25, 0.25, 0.25, 0, 0.25], weights);
    }

    [Fact]
    public void Krum_averages_the_tasks_present_when_too_few_are()
    {
        double[] weights = new double[2];
        Assert.Equal(BalanceStatus.Degenerate, new Krum().Weigh(new BalanceInput { Gramian = [1, 0, 0, 1], Tasks = 2, TotalTasks = 3, Active = [0, 2] }, weights));
        Assert.Equal([0.5, 0.5], weights);
        BalancerException error = Assert.Throws<BalancerException>(() => new Krum(byzantine: 1).Weigh(new BalanceInput { Gramian = [1, 0, 0, 1], Tasks = 2, TotalTasks = 3, Active = [0, 2] }, weights));
        Assert.Contains("expected at least 4", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rlw")]
    [InlineData("random")]
    [InlineData("krum:n_selected=2")]
    [InlineData("mean")]
    [InlineData("constant")]
    public void Weights_lie_on_the_simplex(string rule) => RandomTasks.Check(tasks =>
    {
        float[][] rows = new RandomTasks(tasks.Seed, tasks.Tasks + 1, tasks.Parameters, tasks.Spread).Rows();
        double[] weights = RandomTasks.Weigh(Balancers.Create(rule), rows, random: new RandomStream((ulong)tasks.Seed));
        Assert.Equal(1, weights.Sum(), 1e-12);
        Assert.All(weights, weight => Assert.True(weight >= 0));
    });

    [Theory]
    [InlineData("gls")]
    [InlineData("imtl")]
    [InlineData("imtl-l")]
    [InlineData("nash")]
    [InlineData("nash:max_norm=0")]
    [InlineData("aligned")]
    [InlineData("aligned:scale_mode=median,form=torchjd")]
    [InlineData("aligned:scale_mode=rmse")]
    [InlineData("fairgrad")]
    [InlineData("fairgrad:alpha=3")]
    [InlineData("dualproj")]
    [InlineData("config")]
    [InlineData("gradnorm")]
    [InlineData("gradnorm:form=paper")]
    [InlineData("mean")]
    public void Reordering_the_tasks_reorders_nothing_in_the_update(string rule) => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows();
        float[] losses = [.. rows.Select((_, k) => 0.5f + k)];
        int[] order = new int[rows.Length];
        new RandomStream((ulong)tasks.Seed).FillPermutation(order);
        double[] weights = RandomTasks.Weigh(Balancers.Create(rule), rows, losses);
        double[] direct = RandomTasks.Combine(weights, rows);
        double[] shuffled = RandomTasks.Update(Balancers.Create(rule), [.. order.Select(k => rows[k])], [.. order.Select(k => losses[k])]);
        RandomTasks.Near(direct, shuffled, 1e-6 * RandomTasks.Mass(weights, rows));
    }, fewestParameters: 8);

    [Theory]
    [InlineData("imtl", 0)]
    [InlineData("aligned", 0)]
    [InlineData("aligned:scale_mode=median", 0)]
    [InlineData("config", 0)]
    [InlineData("krum", 0)]
    [InlineData("dualproj:relative=true", 0)]
    [InlineData("nash:max_norm=0", -1)]
    [InlineData("fairgrad:alpha=0.5", -2.0 / 3)]
    [InlineData("fairgrad:alpha=2", -4.0 / 3)]
    public void Scaling_all_gradients_scales_the_weights_by_a_known_power(string rule, double power) => RandomTasks.Check(tasks =>
    {
        float[][] rows = new RandomTasks(tasks.Seed, tasks.Tasks + 1, tasks.Parameters, tasks.Spread).Rows();
        double[] weights = RandomTasks.Weigh(Balancers.Create(rule), rows);
        foreach (float scale in (float[])[1f / 4096, 1024])
        {
            double[] scaled = RandomTasks.Weigh(Balancers.Create(rule), [.. rows.Select(row => row.Select(x => scale * x).ToArray())]);
            RandomTasks.Near([.. weights.Select(weight => weight * Math.Pow(scale, power))], scaled, 1e-7 * scaled.Max(Math.Abs));
        }
    }, fewestParameters: 10);

    [Fact]
    public void Scaling_one_loss_scales_the_geometric_mean_by_its_root() => RandomTasks.Check(tasks =>
    {
        float[] losses = [.. Enumerable.Range(0, tasks.Tasks).Select(k => 0.25f + k)], scaled = [.. losses];
        scaled[0] *= 4096;
        double[] before = new double[losses.Length], after = new double[losses.Length];
        GLS.Weights(losses, before);
        GLS.Weights(scaled, after);
        double factor = Math.Pow(4096, 1.0 / losses.Length);
        Assert.Equal(factor / 4096, after[0] / before[0], 1e-9 * factor);
        for (int k = 1; k < losses.Length; k++) Assert.Equal(factor, after[k] / before[k], 1e-9 * factor);
    });

    [Theory]
    [InlineData("nash")]
    [InlineData("fairgrad")]
    [InlineData("fairgrad:alpha=4")]
    public void Without_a_solution_the_weights_of_the_last_one_are_kept(string rule)
    {
        Balancer balancer = Balancers.Create(rule);
        double[] solved = new double[2], kept = new double[2], heads = new double[2], keptHeads = new double[2];
        Assert.Equal(BalanceStatus.Converged, balancer.Weigh(new BalanceInput { Losses = [1, 1], Gramian = [1, 0.2, 0.2, 4] }, solved));
        balancer.WeighHeads(solved, heads);
        foreach (double[] gramian in (double[][])[[1, -2, -2, 4], [0, 0, 0, 1], [0, 0, 0, 0], [1e-12, -1, -1, 1e12]])
        {
            Assert.Equal(BalanceStatus.KeptPrevious, balancer.Weigh(new BalanceInput { Losses = [1, 1], Gramian = gramian }, kept));
            balancer.WeighHeads(kept, keptHeads);
            Assert.Equal(heads, keptHeads);
        }
    }

    [Fact]
    public void Nash_limits_the_shared_update_and_leaves_the_heads()
    {
        // Orthogonal unit gradients: a = 1, and the update 1, 1, 1, 1 has length 2.
        var balancer = new NashMTL(maxNorm: 0.5);
        double[] gramian = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], weights = new double[4], heads = new double[4];
        balancer.Weigh(new BalanceInput { Losses = [1, 1, 1, 1], Gramian = gramian }, weights);
        balancer.WeighHeads(weights, heads);
        Assert.All(weights, weight => Assert.Equal(0.25, weight, 1e-6));
        Assert.All(heads, weight => Assert.Equal(1, weight, 1e-12));
    }

    [Theory]
    [InlineData("imtl", BalanceStatus.Degenerate)]
    [InlineData("config", BalanceStatus.ParetoStationary)]
    public void Opposite_gradients_have_no_impartial_direction(string rule, BalanceStatus expected)
    {
        double[] weights = [5, 5];
        Assert.Equal(expected, Balancers.Create(rule).Weigh(new BalanceInput { Losses = [1, 1], Gramian = [1, -1, -1, 1] }, weights));
        Assert.All(weights, weight => Assert.True(double.IsFinite(weight)));
    }

    [Fact]
    public void A_task_without_gradient_has_no_part_in_directions() => RandomTasks.Check(tasks =>
    {
        float[][] rows = tasks.Rows(), padded = [.. rows, new float[rows[0].Length]];
        foreach (string rule in (string[])["imtl", "config"])
        {
            double[] weights = RandomTasks.Weigh(Balancers.Create(rule), rows), with = RandomTasks.Weigh(Balancers.Create(rule), padded);
            Assert.Equal(0, with[^1]);
            RandomTasks.Near(weights, with[..^1], 1e-9 * weights.Max(Math.Abs));
        }
    }, fewestParameters: 8);
}
