using Polymath.Learning.Balancing;

namespace Polymath.Tests.Balancing;

public sealed class BilevelBalancerTests
{
    private const double Difference = 1e-5;

    public static TheoryData<string> Rules => new("autolambda", "moml", "forum");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_hypergradient_of_AutoLambda_is_that_of_the_summed_outer_losses(int tasks)
    {
        QuadraticBilevel problem = QuadraticBilevel.Random(7, tasks, 6);
        double[] logits = [.. Enumerable.Repeat(1.0 / tasks, tasks)];
        var balancer = new AutoLambda();
        Run(balancer, problem);
        double largest = Enumerable.Range(0, tasks).Max(a => Math.Abs(Central(problem, logits, problem.LearningRate, a).Sum()));
        for (int a = 0; a < tasks; a++) Assert.Equal(Central(problem, logits, problem.LearningRate, a).Sum(), balancer.Learned.Gradient[a], 1e-3 * largest);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_meta_gradients_of_MOML_are_the_slopes_of_the_outer_losses_along_the_logits(int tasks)
    {
        QuadraticBilevel problem = QuadraticBilevel.Random(11, tasks, 6);
        double[] logits = [.. Enumerable.Repeat(1.0 / tasks, tasks)];
        var balancer = new MOML(innerRate: 0.2);
        Run(balancer, problem);
        for (int a = 0; a < tasks; a++)
        {
            double[] slopes = Central(problem, logits, 0.2, a);
            for (int i = 0; i < tasks; i++) Assert.Equal(slopes[i], balancer.MetaGradients[(i * tasks) + a], 1e-5);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void MOML_moves_the_logits_so_that_no_outer_loss_rises(int tasks)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            QuadraticBilevel problem = QuadraticBilevel.Random(seed, tasks, 6);
            var balancer = new MOML();
            BalanceStatus status = Run(balancer, problem);
            for (int i = 0; i < tasks; i++)
            {
                double inner = 0, norm = 0;
                for (int a = 0; a < tasks; a++)
                {
                    inner += balancer.MetaGradients[(i * tasks) + a] * balancer.Learned.Gradient[a];
                    norm += Math.Pow(balancer.MetaGradients[(i * tasks) + a], 2);
                }

                Assert.True(inner >= -1e-9 * Math.Sqrt(norm), $"seed {seed}, {status}: {inner}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_weights_shift_to_the_task_whose_descent_helps_the_outer_losses(string rule)
    {
        // The inner target of task 0 is where both outer targets are; task 1 pulls the other way.
        var problem = new QuadraticBilevel([0f, 0f], [1, 1], [[[1f, 0f], [-1f, 0f]], [[1f, 0.1f], [1f, -0.1f]], [[1f, 0f], [-1f, 0f]]]);
        var balancer = (BilevelBalancer)Balancers.Create($"{rule}:outer_lr=0.05");
        for (int step = 0; step < 20; step++)
        {
            // FORUM compares with the parameters after its own descent, so those have to follow.
            float[] combined = new float[2];
            double[] weights = new double[2];
            balancer.Combine(new BalanceInput { Tasks = 2, Step = step }, problem, combined, weights);
            if (rule != "forum") continue;
            for (int p = 0; p < 2; p++) problem.Start[p] -= 0.05f * combined[p];
            problem.Restore();
        }

        Assert.True(balancer.Learned.Logits[0] > balancer.Learned.Logits[1] + 0.1, $"{balancer.Learned.Logits[0]} and {balancer.Learned.Logits[1]}");
    }

    [Theory]
    [InlineData("autolambda")]
    [InlineData("moml")]
    public void The_update_is_the_gradient_of_the_weighted_losses_of_the_steps_own_rows(string rule)
    {
        QuadraticBilevel problem = QuadraticBilevel.Random(3, 3, 4);
        float[] combined = new float[4];
        double[] weights = new double[3], at = [.. problem.Start.Select(value => (double)value)];
        Balancers.Create(rule).Combine(new BalanceInput { Tasks = 3 }, problem, combined, weights);
        for (int p = 0; p < 4; p++) Assert.Equal(Enumerable.Range(0, 3).Sum(k => weights[k] * problem.Slope(BilevelBatch.Step, k, at)[p]), combined[p], 1e-5);
    }

    [Fact]
    public void The_update_of_FORUM_closes_the_gap_as_fast_as_phi_asks()
    {
        // nu = pi^T l makes the update d meet <g_q, d> = phi |g_q|^2; with nu = 0 instead, <g_q, d> is above it already.
        for (ulong seed = 0; seed < 30; seed++)
        {
            const double Phi = 0.1;
            QuadraticBilevel problem = QuadraticBilevel.Random(seed, 3, 5);
            float[] combined = new float[5];
            double[] weights = new double[3], at = [.. problem.Start.Select(value => (double)value)];
            var balancer = new FORUM();
            Assert.Equal(BalanceStatus.Converged, balancer.Combine(new BalanceInput { Tasks = 3 }, problem, combined, weights));
            Assert.Equal(1, weights.Sum(), 1e-9);

            // At the first step softmax is uniform; the gap's gradient along the parameters is that of the mean inner loss.
            double[] gap = [.. Enumerable.Range(0, 5).Select(p => Enumerable.Range(0, 3).Average(k => problem.Slope(BilevelBatch.Inner, k, at)[p]))];
            double[][] rows = [.. Enumerable.Range(0, 3).Select(k => Unit(problem.Slope(BilevelBatch.Outer, k, at)))];
            double[] mean = [.. Enumerable.Range(0, 5).Select(p => Enumerable.Range(0, 3).Sum(k => weights[k] * rows[k][p]))];
            double logits = 0, nu = 0, square = 0;
            for (int p = 0; p < 5; p++) square += gap[p] * gap[p];
            double[] rest = [.. combined.Select((value, p) => value - mean[p])];
            for (int p = 0; p < 5; p++) nu += rest[p] * gap[p] / square;
            for (int a = 0; a < 3 && nu > 1e-6; a++) logits += Math.Pow(balancer.Learned.Gradient[a] / nu, 2);
            double along = gap.Zip(combined, (x, y) => x * y).Sum() + (nu * logits);
            Assert.True(nu >= -1e-6);
            Assert.True(along >= (Phi * (square + logits)) - 1e-4, $"seed {seed}: {along} for {Phi * (square + logits)}");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void The_multipliers_of_FORUM_minimise_its_quadratic_programme(int tasks)
    {
        RandomTasks.Check(random =>
        {
            float[][] rows = [.. random.Rows().Take(tasks)];
            if (rows.Length < tasks) return;
            double[][] unit = [.. rows.Select(row => Unit([.. row.Select(value => (double)value)]))];
            double[] gap = [.. random.Rows()[0].Select((value, p) => (0.7 * value) - (0.4 * rows[^1][p]))];
            double square = gap.Sum(x => x * x), length = Math.Sqrt(square);
            if (length < 1e-6) return;
            double[] along = [.. unit.Select(row => row.Zip(gap, (x, y) => x * y).Sum() / length)];
            double[] cosines = [.. from a in unit from b in unit select a.Zip(b, (x, y) => x * y).Sum()], lambda = new double[tasks];
            foreach (double phi in (double[])[0, 0.1, 1, 10])
            {
                Assert.True(FORUMDual.Solve(cosines, along, phi * length, lambda, new Polymath.Tensors.LinearAlgebra.NonNegativeQuadratic(tasks + 1)));
                Assert.Equal(1, lambda.Sum(), 1e-12);
                Assert.All(lambda, value => Assert.True(value >= 0));
                double found = Objective(lambda), least = double.PositiveInfinity;
                for (int i = 0; i <= 60; i++)
                {
                    for (int j = 0; j <= (tasks == 2 ? 0 : 60 - i); j++) least = Math.Min(least, Objective(tasks == 2 ? [i / 60.0, 1 - (i / 60.0)] : [i / 60.0, j / 60.0, 1 - ((i + j) / 60.0)]));
                }

                Assert.True(found <= least + (1e-8 * (1 + phi * length)), $"{random}, phi {phi}: {found} for {least}");

                // The programme as it is stated, with the best nu written out: above its bound, or where the slope along nu vanishes.
                double Objective(double[] at)
                {
                    double u = at.Zip(along, (x, y) => x * y).Sum(), bound = Math.Max(0, at.Select((x, k) => x * (phi - (along[k] / length))).Sum());
                    double nu = Math.Max(bound, (phi / 2) - (u / length)), norm = 0;
                    for (int p = 0; p < gap.Length; p++) norm += Math.Pow(unit.Select((row, k) => at[k] * row[p]).Sum() + (nu * gap[p]), 2);
                    return norm - (nu * phi * square);
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Parameters_are_back_and_the_weights_on_the_simplex_after_every_step(string rule)
    {
        QuadraticBilevel problem = QuadraticBilevel.Random(5, 4, 7);
        Balancer balancer = Balancers.Create($"{rule}:outer_lr=0.3");
        float[] combined = new float[7];
        double[] weights = new double[4];
        for (int step = 0; step < 30; step++)
        {
            balancer.Combine(new BalanceInput { Tasks = 4, Step = step, Epoch = step / 10 }, problem, combined, weights);
            Assert.Equal(problem.Start, problem.Parameters.ToArray());
            Assert.Equal(1, weights.Sum(), 1e-9);
            Assert.All(weights, weight => Assert.InRange(weight, 0, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Absent_tasks_keep_their_logit_and_moments(string rule)
    {
        Balancer balancer = Balancers.Create(rule);
        double[] weights = new double[2];
        balancer.Combine(new BalanceInput { Tasks = 3 }, QuadraticBilevel.Random(1, 3, 4), new float[4], new double[3]);
        BalancerState before = StateOf(balancer);
        balancer.Combine(new BalanceInput { Tasks = 2, Active = [0, 2], TotalTasks = 3 }, QuadraticBilevel.Random(2, 2, 4), new float[4], weights);
        BalancerState after = StateOf(balancer);
        Assert.Equal(1, weights.Sum(), 1e-9);
        foreach ((string name, double[] values) in before.Doubles) Assert.Equal(values[1], after.Doubles[name][1]);
        Assert.Equal([2L, 1, 2], after.Integers["logits_steps"]);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_state_is_all_that_the_next_step_depends_on(string rule)
    {
        QuadraticBilevel problem = QuadraticBilevel.Random(9, 3, 5);
        Balancer first = Balancers.Create(rule), second = Balancers.Create(rule);
        float[] combined = new float[5], again = new float[5];
        double[] weights = new double[3], same = new double[3];
        for (int step = 0; step < 5; step++) first.Combine(new BalanceInput { Tasks = 3, Epoch = step }, problem, combined, weights);
        second.ReadState(StateOf(first));
        first.Combine(new BalanceInput { Tasks = 3, Epoch = 5 }, problem, combined, weights);
        second.Combine(new BalanceInput { Tasks = 3, Epoch = 5 }, problem, again, same);
        Assert.Equal(combined, again);
        Assert.Equal(weights, same);
        second.Reset();
        second.WriteState(StateOf(first));
        Assert.True(StateOf(second).IsEmpty);
        Assert.Throws<BalancerException>(() => first.Prepare(4));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_step_takes_the_passes_that_the_descriptor_states(string rule)
    {
        BalancerDescriptor descriptor = Balancers.Find(rule);
        QuadraticBilevel problem = QuadraticBilevel.Random(4, 3, 5);
        Run((BilevelBalancer)Balancers.Create(rule), problem);

        // A rule that does not look at the step's rows leaves the trainer one more look, to report their losses.
        int report = problem.Looks.Exists(look => look.StartsWith("Step", StringComparison.Ordinal)) ? 0 : 1;
        Assert.Equal(descriptor.ForwardPasses, problem.Looks.Count + report);
        int backward = problem.Looks.Sum(look => look.EndsWith("gradients", StringComparison.Ordinal) ? 3 : look.EndsWith("gradient", StringComparison.Ordinal) ? 1 : 0);
        Assert.Equal(descriptor.BackwardPasses(3), backward);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_loss_that_is_not_finite_names_its_task(string rule)
    {
        foreach (int where in (int[])[0, 1])
        {
            float[][][] centres = [[[1f], [2f]], [[1f], [2f]], [[1f], [2f]]];
            centres[where][1] = [float.NaN];
            BalancerException error = Assert.Throws<BalancerException>(() => Balancers.Create(rule).Combine(new BalanceInput { Tasks = 2, Active = [1, 3], TotalTasks = 5 }, new QuadraticBilevel([0f], [1, 1], centres), new float[1], new double[2]));
            Assert.Equal(3, error.TaskIndex);
            Assert.Contains("task 3", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Degenerate_problems_give_finite_updates(string rule)
    {
        float[][] centres = [[0f, 0f], [0f, 0f], [0f, 0f]], apart = [[1f, 0f], [-1f, 0f], [0f, 0f]], far = [[1e6f, 0f], [0f, 1e-6f], [0f, 0f]];
        foreach (float[][][] rows in (float[][][][])[[centres, centres, centres], [apart, apart, apart], [apart, centres, apart], [centres, apart, far], [far, far, far]])
        {
            Balancer balancer = Balancers.Create(rule);
            float[] combined = new float[2];
            double[] weights = new double[3];
            for (int step = 0; step < 3; step++) balancer.Combine(new BalanceInput { Tasks = 3 }, new QuadraticBilevel([0f, 0f], [1, 1, 1], rows), combined, weights);
            Assert.All(combined, value => Assert.True(float.IsFinite(value)));
            Assert.Equal(1, weights.Sum(), 1e-9);
        }
    }

    [Fact]
    public void A_diverging_inner_descent_of_FORUM_is_left_where_its_loss_was_lowest()
    {
        var problem = new QuadraticBilevel([1f, -1f], [1, 1], [[[0f, 0f], [0f, 0f]], [[1f, 0f], [0f, 1f]], [[0f, 0f], [0f, 0f]]]);
        float[] combined = new float[2];
        Balancers.Create("forum:inner_lr=1000,inner_step=50").Combine(new BalanceInput { Tasks = 2 }, problem, combined, new double[2]);
        Assert.All(combined, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(problem.Start, problem.Parameters.ToArray());
    }

    [Theory]
    [InlineData("autolambda:outer_lr=0.5")]
    [InlineData("moml:outer_lr=0.5,inner_lr=0.2")]
    [InlineData("forum:outer_lr=0.5,inner_lr=0.2,inner_step=3,phi=0.5")]
    [InlineData("modo:gamma=0.01,rho=0")]
    [InlineData("sdmgrad:lamda=0.6,niter=7")]
    public void Parameters_reach_the_rule(string specification) => Assert.Equal(specification, Balancers.Create(specification).Specification);

    private static BalanceStatus Run(BilevelBalancer balancer, QuadraticBilevel problem)
        => balancer.Combine(new BalanceInput { Tasks = problem.Tasks }, problem, new float[problem.Parameters.Length], new double[problem.Tasks]);

    private static BalancerState StateOf(Balancer balancer)
    {
        var state = new BalancerState();
        balancer.WriteState(state);
        return state;
    }

    private static double[] Central(QuadraticBilevel problem, double[] logits, double rate, int along)
    {
        double[] ahead = [.. logits], behind = [.. logits];
        ahead[along] += Difference;
        behind[along] -= Difference;
        return [.. problem.OuterAfterStep(ahead, rate).Zip(problem.OuterAfterStep(behind, rate), (x, y) => (x - y) / (2 * Difference))];
    }

    private static double[] Unit(double[] vector)
    {
        double length = Math.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }
}
