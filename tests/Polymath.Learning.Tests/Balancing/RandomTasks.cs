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

    public static double[] Weigh(Balancer balancer, float[][] rows, float[]? losses = null, RandomStream? random = null)
    {
        double[] weights = new double[rows.Length];
        var input = new BalanceInput { Losses = losses ?? [.. rows.Select(_ => 1f)], Gramian = Gramian(rows), Random = random ?? new RandomStream(1) };
        balancer.Weigh(input, weights);
        return weights;
    }

    public static double[] Update(Balancer balancer, float[][] rows, float[]? losses = null) => Combine(Weigh(balancer, rows, losses), rows);

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
}
