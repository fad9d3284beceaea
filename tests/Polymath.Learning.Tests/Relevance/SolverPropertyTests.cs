using Polymath.Learning.Relevance;
using static Polymath.Tests.Relevance.RandomHeads;

namespace Polymath.Tests.Relevance;

public sealed class SolverPropertyTests
{
    [Fact]
    public void Lasso_meets_the_optimality_conditions() => Check(one =>
    {
        double[] a = one.Heads(), b = one.Target();
        foreach (double factor in (double[])[0.9, 0.1, 1e-3, 1e-6])
        {
            double lambda = factor * Lasso.LargestLambda(a, b);
            LassoSolution solution = Lasso.Solve(a, b, lambda);
            Assert.True(solution.Converged, $"{one}: gap {solution.DualityGap} after {solution.Sweeps} sweeps");
            Assert.InRange(solution.DualityGap / one.Scale / one.Scale, 0, 0.5e-10 * Math.Pow(Norm(one.Target(1)), 2));

            // a_j^T (b - A x) = lambda sign(x_j) where x_j != 0, and at most lambda in magnitude elsewhere; in units of the largest lambda.
            double[] fit = Multiply(a, solution.Coefficients, one.Sources), residual = [.. b.Zip(fit, (x, y) => x - y)];
            double[] correlation = [.. Multiply(Transpose(a, one.Size), residual, one.Size).Select(value => value / lambda * factor)];
            for (int j = 0; j < one.Sources; j++)
            {
                // A gap of delta allows correlations to differ by its root.
                Assert.True(Math.Abs(correlation[j]) <= factor + 1e-4, $"{one}: correlation {correlation[j]} exceeds {factor}");
                if (Math.Abs(solution.Coefficients[j]) > 1e-3) Assert.True(Math.Abs(correlation[j] - (factor * Math.Sign(solution.Coefficients[j]))) <= 1e-3, $"{one}: correlation {correlation[j]} of an active column, expected {factor}");
            }
        }
    });

    [Fact]
    public void The_duality_gap_bounds_the_distance_to_every_other_point() => Check(one =>
    {
        double[] a = one.Heads(1), b = one.Target(1);
        double lambda = 0.05 * Lasso.LargestLambda(a, b);
        LassoSolution solution = Lasso.Solve(a, b, lambda);
        Assert.Equal(Objective(solution.Coefficients), solution.Objective, 1e-12 * (1 + solution.Objective));
        double[] other = [.. (one with { Seed = one.Seed + 1 }).Heads(1).Take(one.Sources)];
        foreach (double step in (double[])[1e-6, 1e-3, 1])
        {
            double[] point = [.. solution.Coefficients.Zip(other, (x, d) => x + (step * d))];
            Assert.True(Objective(point) >= solution.Objective - solution.DualityGap - 1e-14, $"{one}");
        }

        double Objective(double[] x) => (0.5 * Math.Pow(Norm(b.Zip(Multiply(a, x, one.Sources), (u, v) => u - v)), 2)) + (lambda * Norm1(x));
    });

    [Fact]
    public void Basis_pursuit_is_feasible_and_its_dual_proves_it_optimal() => Check(one =>
    {
        double[] a = one.Heads(), b = one.Target();
        BasisPursuitSolution solution = BasisPursuit.Solve(a, b);
        double size = Norm(one.Target(1)) * one.Scale;
        Assert.Equal(one.Size, solution.Rank);
        Assert.True(solution.Residual <= 1e-10 * size, $"{one}: residual {solution.Residual}");
        Assert.True(solution.Coefficients.Count(x => x != 0) <= one.Size, $"{one}: not a vertex");

        // Weak duality: any feasible x has ||x||_1 >= y^T A x = b^T y when |A^T y| <= 1.
        double[] prices = Multiply(Transpose(a, one.Size), solution.Dual, one.Size);
        Assert.All(prices, price => Assert.True(Math.Abs(price) <= 1 + 1e-9, $"{one}: price {price}"));
        Assert.Equal(solution.Norm1, b.Zip(solution.Dual, (x, y) => x * y).Sum(), 1e-9 * (1 + solution.Norm1));
        Assert.Equal(Norm1(solution.Coefficients), solution.Norm1, 1e-12 * (1 + solution.Norm1));
    });

    [Fact]
    public void Copies_of_a_column_share_evenly() => Check(one =>
    {
        double[] a = one.Heads(1), b = one.Target(1), doubled = new double[2 * a.Length];
        for (int i = 0; i < one.Size; i++)
        {
            for (int j = 0; j < one.Sources; j++)
            {
                doubled[(i * 2 * one.Sources) + j] = a[(i * one.Sources) + j];
                doubled[(i * 2 * one.Sources) + one.Sources + j] = -a[(i * one.Sources) + j];
            }
        }

        double lambda = 0.05 * Lasso.LargestLambda(a, b);
        BasisPursuitSolution vertex = BasisPursuit.Solve(a, b), shared = BasisPursuit.Solve(doubled, b);
        Assert.Equal(vertex.Norm1, shared.Norm1, 1e-9 * (1 + vertex.Norm1));
        foreach (double[] x in (double[][])[shared.Coefficients, Lasso.Solve(doubled, b, lambda).Coefficients])
        {
            for (int j = 0; j < one.Sources; j++) Assert.Equal(x[j], -x[one.Sources + j]);
        }
    });

    [Fact]
    public void Basis_pursuit_is_the_limit_of_the_lasso() => Check(one =>
    {
        double[] a = one.Heads(1), b = one.Target(1);
        double exact = BasisPursuit.Solve(a, b).Norm1;
        LassoSolution near = Lasso.Solve(a, b, 1e-6 * Lasso.LargestLambda(a, b), tol: 1e-13);
        Assert.True(Norm1(near.Coefficients) <= exact * (1 + 1e-6), $"{one}: {Norm1(near.Coefficients)} is more than {exact}");
        Assert.True(Norm1(near.Coefficients) >= exact * 0.9 || one.Size == one.Sources, $"{one}: {Norm1(near.Coefficients)} is far from {exact}");
    });

    [Fact]
    public void A_target_outside_the_range_gets_the_projection()
    {
        // Columns span the first axis only; the second coordinate cannot be reached.
        BasisPursuitSolution solution = BasisPursuit.Solve([2, 1, 0, 0], [1, 3]);
        Assert.Equal(1, solution.Rank);
        Assert.Equal(3, solution.Residual, 12);
        Assert.Equal([0.5, 0], solution.Coefficients);
    }

    [Fact]
    public void A_zero_matrix_and_a_zero_target_give_zero()
    {
        Assert.Equal([0, 0], BasisPursuit.Solve([0, 0], [1]).Coefficients);
        Assert.Equal([0, 0], BasisPursuit.Solve([1, 2], [0]).Coefficients);
        Assert.Equal([0, 0], Lasso.Solve([0, 0], [1], 0.5).Coefficients);
        Assert.Equal([0, 0], Lasso.Solve([1, 2], [0], 0.5).Coefficients);
    }

    [Fact]
    public void A_lambda_at_the_largest_gives_zero_and_one_below_does_not()
    {
        double[] a = [1, 0, 0.5, 0, 1, 0.5], b = [2, -1];
        Assert.Equal(2, Lasso.LargestLambda(a, b));
        Assert.All(Lasso.Solve(a, b, 2).Coefficients, x => Assert.Equal(0, x));
        Assert.Equal([0.5, 0, 0], Lasso.Solve(a, b, 1.5).Coefficients);
    }

    [Theory]
    [InlineData(0, "lambda is 0, expected a finite number > 0")]
    [InlineData(-1, "lambda is -1")]
    [InlineData(double.NaN, "lambda is NaN")]
    public void A_lambda_that_is_not_positive_is_refused(double lambda, string message)
        => Assert.Contains(message, Assert.Throws<RelevanceException>(() => Lasso.Solve([1, 2], [1], lambda)).Message, StringComparison.Ordinal);

    [Fact]
    public void Wrong_shapes_and_values_are_refused()
    {
        Assert.Contains("3 elements and the target 2", Assert.Throws<RelevanceException>(() => BasisPursuit.Solve([1, 2, 3], [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("the matrix holds NaN", Assert.Throws<RelevanceException>(() => BasisPursuit.Solve([1, double.NaN], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("the target holds", Assert.Throws<RelevanceException>(() => Lasso.Solve([1, 2], [double.PositiveInfinity], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("the start has 1 elements, expected 2", Assert.Throws<RelevanceException>(() => Lasso.Solve([1, 2], [1], 1, start: [0])).Message, StringComparison.Ordinal);
        Assert.Contains("the tolerance is 0", Assert.Throws<RelevanceException>(() => Lasso.Solve([1, 2], [1], 1, tol: 0)).Message, StringComparison.Ordinal);
    }
}
