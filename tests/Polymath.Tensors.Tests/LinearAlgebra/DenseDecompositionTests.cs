using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Tests.LinearAlgebra;

public sealed class DenseDecompositionTests
{
    [Fact]
    public void Cholesky_solves_a_system_with_a_known_answer()
    {
        double[] a = [4, 2, 2, 3], x = [8, 7];
        Cholesky.Factor(a, 2);
        Cholesky.Solve(a, x);
        Assert.Equal(1.25, x[0], 1e-15);
        Assert.Equal(1.5, x[1], 1e-15);
    }

    [Fact]
    public void Cholesky_names_the_pivot_that_is_not_positive()
    {
        var error = Assert.Throws<NotPositiveDefiniteException>(() => Cholesky.Factor([1.0, 2, 2, 1], 2));
        Assert.Equal((1, -3.0), (error.Row, error.Pivot));
        Assert.Throws<NotPositiveDefiniteException>(() => Cholesky.Factor([double.NaN], 1));
        Assert.Throws<ArgumentException>(() => Cholesky.Factor([1.0, 2, 3], 2));
    }

    [Fact]
    public void Cholesky_solutions_satisfy_random_systems() => RandomGram.Check(gram =>
    {
        int n = gram.Size;
        double[] a = RandomGram.Of((gram with { Dimension = n + 3, Spread = 0 }).Rows()), b = [.. Enumerable.Range(1, n).Select(i => (double)i)];
        for (int i = 0; i < n; i++) a[(i * n) + i] += 0.1;
        double[] factor = [.. a], x = [.. b];
        Cholesky.Factor(factor, n);
        Cholesky.Solve(factor, x);
        for (int i = 0; i < n; i++) Assert.Equal(b[i], Enumerable.Range(0, n).Sum(j => a[(i * n) + j] * x[j]), 1e-9);
    });

    [Fact]
    public void Eigenvalues_of_a_two_by_two_matrix_have_their_closed_form()
    {
        double[] values = new double[2], vectors = new double[4];
        SymmetricEigen.Decompose([2, 1, 1, 2], values, vectors);
        Assert.Equal(1, values[0], 1e-15);
        Assert.Equal(3, values[1], 1e-15);
        Assert.Equal(0, vectors[0] + vectors[2], 1e-15);
    }

    [Fact]
    public void Eigenvectors_are_orthonormal_and_rebuild_the_matrix() => RandomGram.Check(gram =>
    {
        int n = gram.Size;
        double[] a = RandomGram.Of(gram.Rows()), values = new double[n], vectors = new double[n * n];
        SymmetricEigen.Decompose(a, values, vectors);
        Assert.Equal(values.Order(), values);
        double largest = a.Max(Math.Abs);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(k => vectors[(k * n) + i] * vectors[(k * n) + j]), 1e-12);
                Assert.Equal(a[(i * n) + j], Enumerable.Range(0, n).Sum(k => vectors[(i * n) + k] * values[k] * vectors[(j * n) + k]), 1e-12 * largest);
            }
        }
    });

    [Fact]
    public void Small_eigenvalues_of_graded_matrices_keep_their_digits()
    {
        // diag(1e12, 1) * [[1, .5], [.5, 1]] * diag(1e12, 1): the small eigenvalue is det / large one = 0.75 to rounding.
        double[] values = new double[2], vectors = new double[4];
        SymmetricEigen.Decompose([1e24, 0.5e12, 0.5e12, 1], values, vectors);
        Assert.Equal(0.75, values[0], 1e-12);
    }

    [Fact]
    public void Eigenvalues_reject_numbers_that_are_not_finite()
        => Assert.Throws<ArithmeticException>(() => SymmetricEigen.Decompose([double.NaN], new double[1], new double[1]));

    [Fact]
    public void Pseudo_inverses_satisfy_the_four_Penrose_conditions() => RandomGram.Check(gram =>
    {
        int n = gram.Size;
        double[] a = RandomGram.Of((gram with { Spread = 0 }).Rows()), p = new double[n * n];
        int rank = PseudoInverse.Symmetric(a, n, p, 1e-11);
        Assert.True(rank <= Math.Min(n, gram.Dimension));
        double[] apa = Multiply(Multiply(a, p, n), a, n), pap = Multiply(Multiply(p, a, n), p, n), ap = Multiply(a, p, n);
        double small = 1e-7 * (1 + p.Max(Math.Abs)) * (1 + a.Max(Math.Abs));
        for (int i = 0; i < n * n; i++)
        {
            Assert.Equal(a[i], apa[i], small);
            Assert.Equal(p[i], pap[i], small * (1 + p.Max(Math.Abs)));
            Assert.Equal(ap[i], ap[((i % n) * n) + (i / n)], small);
        }
    });

    [Theory]
    [InlineData(new[] { 0.2, 0.3, 0.5 }, new[] { 0.2, 0.3, 0.5 })]
    [InlineData(new[] { 5.0, 0.0 }, new[] { 1.0, 0.0 })]
    [InlineData(new[] { 1.0, 1.0, 1.0, 1.0 }, new[] { 0.25, 0.25, 0.25, 0.25 })]
    [InlineData(new[] { -3.0 }, new[] { 1.0 })]
    [InlineData(new[] { 0.8, 0.6, -1.0 }, new[] { 0.6, 0.4, 0.0 })]
    public void Simplex_projections_have_their_closed_form(double[] point, double[] expected)
    {
        double[] actual = new double[point.Length];
        SimplexProjection.Project(point, actual);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
    }

    [Fact]
    public void Simplex_projections_meet_the_obtuse_angle_condition() => RandomGram.Check(gram =>
    {
        double[] point = gram.Rows()[0], projected = new double[point.Length];
        SimplexProjection.Project(point, projected);
        Assert.Equal(1, projected.Sum(), 1e-9 * (1 + point.Max(Math.Abs)));
        Assert.All(projected, value => Assert.True(value >= 0));

        // <y - w, e_i - w> <= 0 for every vertex e_i characterises the projection on a convex set.
        double offset = point.Zip(projected, (y, w) => (y - w) * w).Sum();
        for (int i = 0; i < point.Length; i++) Assert.True(point[i] - projected[i] - offset <= 1e-9 * (1 + Math.Pow(point.Max(Math.Abs), 2)));
    });

    private static double[] Multiply(double[] a, double[] b, int n)
        => [.. from i in Enumerable.Range(0, n) from j in Enumerable.Range(0, n) select Enumerable.Range(0, n).Sum(k => a[(i * n) + k] * b[(k * n) + j])];
}
