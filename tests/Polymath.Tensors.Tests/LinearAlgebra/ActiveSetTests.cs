using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Tests.LinearAlgebra;

public sealed class ActiveSetTests
{
    [Fact]
    public void A_bounded_quadratic_with_two_variables_has_its_closed_form()
    {
        var solver = new NonNegativeQuadratic(2);
        solver.Load([1, -0.5, -0.5, 1], 2);
        double[] v = new double[2];
        Assert.Equal(QuadraticOutcome.Solved, solver.MinimizeAbove([1, 0], v));
        Assert.Equal([1, 0.5], v);
        solver.MinimizeAbove([0, 2], v);
        Assert.Equal([1, 2], v);
    }

    [Fact]
    public void Bounded_minimisers_meet_the_KKT_conditions_cold_and_warm() => RandomGram.Check(gram =>
    {
        int n = gram.Size;
        double[] r = RandomGram.Of((gram with { Spread = gram.Spread / 3 }).Rows()), v = new double[n], lower = new double[n];
        double trace = Enumerable.Range(0, n).Sum(i => r[(i * n) + i]);
        for (int i = 0; i < r.Length; i++) r[i] = (r[i] / trace) + (i % (n + 1) == 0 ? 1e-4 : 0);
        var solver = new NonNegativeQuadratic(n + 1);
        solver.Load(r, n);
        for (int task = 0; task < n; task++)
        {
            Array.Clear(lower);
            lower[task] = 1.0 / n;
            Assert.Equal(QuadraticOutcome.Solved, solver.MinimizeAbove(lower, v));
            for (int i = 0; i < n; i++)
            {
                double slope = Enumerable.Range(0, n).Sum(j => r[(i * n) + j] * v[j]);
                Assert.True(v[i] >= lower[i]);
                Assert.True(slope >= -1e-11, $"slope {slope}");
                Assert.True((v[i] - lower[i]) * slope <= 1e-10, $"complementarity {(v[i] - lower[i]) * slope}");
            }
        }
    });

    [Fact]
    public void Minimum_norm_points_meet_the_KKT_conditions_at_any_rank_and_scale() => RandomGram.Check(gram =>
    {
        int n = gram.Size;
        double[][] rows = gram.Rows();
        double[] a = RandomGram.Of(rows), w = new double[n];
        double squared = MinimumNormPoint.Find(a, w);
        Assert.Equal(1, w.Sum(), 1e-12);
        Assert.All(w, weight => Assert.True(weight >= 0));

        // The point p satisfies <g_i, p> >= ||p||^2 for every i; rounding is relative to the norms that enter.
        double[] point = [.. Enumerable.Range(0, gram.Dimension).Select(d => Enumerable.Range(0, n).Sum(k => w[k] * rows[k][d]))];
        double norm = Math.Sqrt(point.Sum(x => x * x)), used = Enumerable.Range(0, n).Max(k => w[k] * Math.Sqrt(a[(k * n) + k]));
        for (int i = 0; i < n; i++)
        {
            double inner = rows[i].Zip(point, (x, y) => x * y).Sum(), length = Math.Sqrt(a[(i * n) + i]);
            Assert.True(inner >= (norm * norm) - (1e-9 * used * (length + used)), $"{gram}: <g_{i}, p> = {inner}, ||p||^2 = {norm * norm}");
        }

        Assert.Equal(squared, norm * norm, 1e-13 * used * used);
    }, cases: 1500);

    [Fact]
    public void The_minimum_norm_point_of_two_vectors_has_its_closed_form()
    {
        double[] w = new double[2];
        Assert.Equal(0.5, MinimumNormPoint.Find([1, 0, 0, 1], w), 1e-15);
        Assert.Equal([0.5, 0.5], w);
        Assert.Equal(1, MinimumNormPoint.Find([1, 2, 2, 9], w), 1e-15);
        Assert.Equal([1, 0], w);
    }

    [Fact]
    public void Opposite_vectors_and_zero_vectors_give_the_origin()
    {
        double[] two = new double[2], three = new double[3];
        Assert.Equal(0, MinimumNormPoint.Find([1, -2, -2, 4], two));
        Assert.Equal(2.0 / 3, two[0], 1e-15);
        Assert.Equal(0, MinimumNormPoint.Find([1, 0, 0, 0, 0, 0, 0, 0, 0], three));
        Assert.Equal([0, 0.5, 0.5], three);
        Assert.Equal(0, MinimumNormPoint.Find([0, 0, 0, 0], two));
        Assert.Equal([0.5, 0.5], two);
    }

    [Fact]
    public void Scales_twelve_orders_apart_are_solved_exactly()
    {
        // g1 = (1e-6, 0), g2 = 1e6 (-1, 1): the foot of the origin on their segment.
        double[] w = new double[2];
        MinimumNormPoint.Find([1e-12, -1, -1, 2e12], w);
        Assert.Equal((1e-12 + 1) / (1e-12 + 2 + 2e12), w[1], 1e-24);
        Assert.Equal(1, w[0], 1e-11);
    }

    [Fact]
    public void Duplicated_vectors_do_not_move_the_point() => RandomGram.Check(gram =>
    {
        double[][] rows = gram.Rows();
        double[] w = new double[rows.Length], wide = new double[rows.Length + 1];
        double once = MinimumNormPoint.Find(RandomGram.Of(rows), w);
        double twice = MinimumNormPoint.Find(RandomGram.Of([.. rows, rows[0]]), wide);
        double shortest = rows.Min(row => row.Sum(x => x * x));
        Assert.Equal(once, twice, 1e-9 * shortest);
    });

    [Fact]
    public void An_unbounded_programme_returns_its_certificate()
    {
        var solver = new NonNegativeQuadratic(3);
        solver.Load([1, -1, 0, -1, 1, 0, 0, 0, 1], 3);
        double[] x = new double[3];
        Assert.Equal(QuadraticOutcome.Unbounded, solver.Minimize([1, 1, -1], x));
        Assert.Equal([1, 1, 0], x);
    }

    [Fact]
    public void Hundred_and_twenty_eight_variables_are_solved_with_one_factor()
    {
        double[][] rows = new RandomGram(7, 128, 300, 0).Rows();
        double[] r = RandomGram.Of(rows), v = new double[128], lower = new double[128];
        var solver = new NonNegativeQuadratic(128);
        solver.Load(r, 128);
        for (int task = 0; task < 128; task++)
        {
            Array.Clear(lower);
            lower[task] = 1;
            Assert.Equal(QuadraticOutcome.Solved, solver.MinimizeAbove(lower, v));
        }
    }

    [Fact]
    public void Bad_sizes_and_values_are_refused()
    {
        var solver = new NonNegativeQuadratic(2);
        Assert.Throws<ArgumentException>(() => solver.Load([1, 2, 3], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => solver.Load(new double[9], 3));
        Assert.Throws<ArithmeticException>(() => solver.Load([1, double.NaN, 0, 1], 2));
        Assert.Throws<ArithmeticException>(() => solver.Load([-1, 0, 0, 1], 2));
        Assert.Throws<ArgumentException>(() => MinimumNormPoint.Find([], []));
    }
}
