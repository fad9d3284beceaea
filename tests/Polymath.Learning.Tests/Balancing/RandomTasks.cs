using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

/// <summary>Random task gradients for property tests, with what the properties need to know about them.</summary>
internal sealed record RandomTasks(int Seed, int Tasks, int Parameters, double Spread)
{
    /// <summary>2 to 6 tasks in 1 to 12 dimensions, norms spread over up to <paramref name="spread"/> decades either way.</summary>
    public static void Check(Action<RandomTasks> property, double spread = 0, int fewestParameters = 1, int cases = 200)
    {
        Arbitrary<RandomTasks> any = (
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from tasks in Gen.Choose(2, 6)
            from parameters in Gen.Choose(fewestParameters, 12)
            from decades in Gen.Elements(0.0, spread)
            select new RandomTasks(seed, tasks, parameters, decades)).ToArbitrary();
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(20240616, 1), Prop.ForAll(any, property));
    }

    public float[][] Rows()
    {
        var random = new RandomStream((ulong)Seed);
        float[][] rows = new float[Tasks][];
        for (int k = 0; k < Tasks; k++)
        {
            float scale = (float)Math.Pow(10, ((2 * random.NextDouble()) - 1) * Spread);
            rows[k] = new float[Parameters];
            random.FillNormal(rows[k], 0, scale);
        }

        return rows;
    }

    public static double[] Gramian(float[][] rows)
    {
        double[] gramian = new double[rows.Length * rows.Length];
        TaskGradients.FromRows(rows).Gramian(gramian);
        return gramian;
    }

    /// <summary>The weights that one step reports, whatever the rule reads.</summary>
    public static double[] Weigh(Balancer balancer, float[][] rows, float[]? losses = null, RandomStream? random = null) => Step(balancer, rows, losses, random).Weights;

    /// <summary>The update of one step: the weighted rows, or what a rule on the rows makes of them.</summary>
    public static double[] Update(Balancer balancer, float[][] rows, float[]? losses = null)
    {
        (double[] weights, float[] update) = Step(balancer, rows, losses);
        return ReadsRows(balancer) ? [.. update.Select(value => (double)value)] : Combine(weights, rows);
    }

    /// <summary>Whether the update is more than weights times rows.</summary>
    public static bool ReadsRows(Balancer balancer) => balancer.TransformsLosses || (balancer.Needs & BalancerNeeds.Gradients) != 0;

    /// <summary>Whether one batch at given parameters is a step of the rule.</summary>
    public static bool IsSingleBatch(Balancer balancer) => (balancer.Needs & (BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel)) == 0;

    /// <summary>A whole step as the trainer does it: rows of f(L) where the rule asks for them, the rule, and a second look at the losses.</summary>
    public static (double[] Weights, float[] Update) Step(Balancer balancer, float[][] rows, float[]? losses = null, RandomStream? random = null, int epoch = 0, int[]? active = null, int totalTasks = 0, float[]? lossesAfter = null)
    {
        losses ??= [.. rows.Select(_ => 1f)];
        balancer.Prepare(totalTasks > 0 ? totalTasks : rows.Length);
        var input = new BalanceInput { Losses = losses, Epoch = epoch, Active = active, TotalTasks = totalTasks, Random = random ?? new RandomStream(1) };
        double[] weights = new double[rows.Length];
        if (balancer.TransformsLosses)
        {
            balancer.Slopes(input, weights);
            rows = [.. rows.Select((row, k) => row.Select(value => (float)(weights[k] * value)).ToArray())];
        }

        float[] update = new float[rows[0].Length];
        balancer.Combine(new BalanceInput { Losses = losses, Epoch = epoch, Active = active, TotalTasks = totalTasks, Random = input.Random, Gramian = Gramian(rows) }, TaskGradients.FromRows(rows), update, weights);
        if ((balancer.Needs & BalancerNeeds.LossesAfterStep) != 0) balancer.AfterStep(input, lossesAfter ?? [.. losses.Select((loss, k) => loss * (0.9f - (0.02f * k)))]);
        return (weights, update);
    }

    public static double[] Combine(double[] weights, float[][] rows)
        => [.. Enumerable.Range(0, rows[0].Length).Select(p => Enumerable.Range(0, rows.Length).Sum(k => weights[k] * rows[k][p]))];

    public static double Dot(float[] row, double[] vector) => row.Zip(vector, (x, y) => x * y).Sum();

    public static double Norm(float[] row) => Math.Sqrt(row.Sum(x => (double)x * x));

    public static double Norm(double[] vector) => Math.Sqrt(vector.Sum(x => x * x));

    /// <summary>Length of the combination had nothing cancelled: what rounding is relative to.</summary>
    public static double Mass(double[] weights, float[][] rows) => weights.Zip(rows, (w, row) => Math.Abs(w) * Norm(row)).Sum();

    public static void Near(double[] expected, double[] actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}]: {actual[i]:R} is not within {tolerance:E2} of {expected[i]:R}");
    }

    /// <summary>Fails where an update conflicts with a task by more than its regularisation: (A / trace + eps I) w >= 0 gives &lt;g_k, update> >= -eps trace(A) w_k.</summary>
    public void RequireNoConflictBeyond(double regEps, double[] weights)
    {
        float[][] rows = Rows();
        double[] update = Combine(weights, rows);
        double trace = rows.Sum(row => Math.Pow(Norm(row), 2));
        for (int k = 0; k < rows.Length; k++)
        {
            double inner = Dot(rows[k], update);
            Assert.True(inner >= -trace * weights[k] * regEps * (1 + 1e-6), $"{this}: inner product {inner}, weight {weights[k]}, trace {trace}");
        }
    }
}
