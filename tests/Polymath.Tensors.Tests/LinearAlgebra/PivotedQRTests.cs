using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Tests.LinearAlgebra;

public sealed class PivotedQRTests
{
    [Theory]
    [InlineData(5, 3, 3)]
    [InlineData(3, 5, 3)]
    [InlineData(4, 4, 4)]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 2)]
    [InlineData(5, 7, 2)]
    public void Q_and_R_give_the_matrix_back(int rows, int columns, int rank)
    {
        foreach (double scale in (double[])[1, 1e-160, 1e150])
        {
            double[] matrix = Product(rows, columns, rank, scale);
            var qr = new PivotedQR(matrix, rows, columns);
            Assert.Equal(rank, qr.Rank);
            double[] reduced = new double[rank * columns], basis = new double[rank * rows];
            qr.CopyReduced(reduced);
            for (int k = 0; k < rank; k++) qr.CopyBasis(k, basis.AsSpan(k * rows, rows));
            for (int i = 0; i < rank; i++)
            {
                for (int j = 0; j < rank; j++) Assert.Equal(i == j ? 1 : 0, Sum(rows, r => basis[(i * rows) + r] * basis[(j * rows) + r]), 1e-13);
            }

            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++) Assert.Equal(matrix[(i * columns) + j] / scale, Sum(rank, k => basis[(k * rows) + i] * (reduced[(k * columns) + j] / scale)), 1e-12);
            }
        }
    }

    [Fact]
    public void The_diagonal_of_R_falls()
    {
        double[] matrix = Product(6, 6, 6, 1), reduced = new double[36];
        var qr = new PivotedQR(matrix, 6, 6);
        qr.CopyReduced(reduced);
        double[] diagonal = [.. Enumerable.Range(0, 6).Select(k => Math.Abs(reduced[(k * 6) + qr.Order[k]]))];
        Assert.Equal(diagonal.OrderDescending(), diagonal);
    }

    [Fact]
    public void Least_squares_has_a_residual_orthogonal_to_the_columns()
    {
        double[] matrix = Product(9, 4, 4, 1), b = [1, -2, 3, 0.5, 1, 1, -1, 2, 0], x = new double[4];
        double norm = new PivotedQR(matrix, 9, 4).SolveLeastSquares(b, x);
        double[] residual = [.. Enumerable.Range(0, 9).Select(i => b[i] - Sum(4, j => matrix[(i * 4) + j] * x[j]))];
        Assert.Equal(Math.Sqrt(residual.Sum(r => r * r)), norm, 12);
        for (int j = 0; j < 4; j++) Assert.Equal(0, Sum(9, i => matrix[(i * 4) + j] * residual[i]), 1e-11);
    }

    [Fact]
    public void Triangular_solves_invert_the_basis_and_its_transpose()
    {
        double[] matrix = Product(4, 4, 4, 1), ones = [1, 1, 1, 1], x = new double[4];
        var qr = new PivotedQR(matrix, 4, 4);
        Assert.Equal(0, qr.SolveLeastSquares([1, 2, 3, 4], x));
        for (int i = 0; i < 4; i++) Assert.Equal(i + 1, Sum(4, j => matrix[(i * 4) + j] * x[j]), 1e-11);

        // A^-T 1 = Q R^-T P^T 1, and P^T 1 = 1.
        qr.SolveUpperTransposed(ones);
        qr.Apply(ones);
        for (int j = 0; j < 4; j++) Assert.Equal(1, Sum(4, i => matrix[(i * 4) + j] * ones[i]), 1e-11);
    }

    [Theory]
    [InlineData(3, 6, 3)]
    [InlineData(6, 3, 3)]
    [InlineData(5, 6, 2)]
    public void The_minimum_norm_solution_solves_the_normal_equations_and_lies_in_the_row_space(int rows, int columns, int rank)
    {
        double[] matrix = Product(rows, columns, rank, 1), b = [.. Enumerable.Range(1, rows).Select(i => Math.Sin(i))], x = new double[columns];
        Assert.Equal(rank, MinimumNormSolution.Solve(matrix, b, x));
        double[] residual = [.. Enumerable.Range(0, rows).Select(i => b[i] - Sum(columns, j => matrix[(i * columns) + j] * x[j]))];
        for (int j = 0; j < columns; j++) Assert.Equal(0, Sum(rows, i => matrix[(i * columns) + j] * residual[i]), 1e-11);

        // In the row space: A^+ A x = x, since x = A^+ b and A^+ A A^+ = A^+.
        double[] image = [.. Enumerable.Range(0, rows).Select(i => Sum(columns, j => matrix[(i * columns) + j] * x[j]))], again = new double[columns];
        MinimumNormSolution.Solve(matrix, image, again);
        for (int j = 0; j < columns; j++) Assert.Equal(x[j], again[j], 1e-11);
    }

    [Fact]
    public void A_zero_matrix_has_rank_zero()
    {
        double[] x = [1, 1];
        Assert.Equal(0, new PivotedQR(new double[6], 3, 2).Rank);
        Assert.Equal(0, MinimumNormSolution.Solve(new double[4], [1, 2], x));
        Assert.Equal([0, 0], x);
    }

    [Fact]
    public void Wrong_sizes_and_values_are_refused()
    {
        Assert.Contains("expected 2 x 2", Assert.Throws<ArgumentException>(() => new PivotedQR([1, 2, 3], 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("(0, 1) is NaN", Assert.Throws<ArithmeticException>(() => new PivotedQR([1, double.NaN], 1, 2)).Message, StringComparison.Ordinal);
    }

    /// <summary>A random matrix of a given rank.</summary>
    private static double[] Product(int rows, int columns, int rank, double scale)
    {
        var random = new RandomStream((ulong)((rows * 100) + (columns * 10) + rank));
        double[] left = [.. Enumerable.Range(0, rows * rank).Select(_ => random.NextNormalDouble())], right = [.. Enumerable.Range(0, rank * columns).Select(_ => random.NextNormalDouble())];
        double[] product = new double[rows * columns];
        for (int i = 0; i < product.Length; i++) product[i] = scale * Sum(rank, k => left[(i / columns * rank) + k] * right[(k * columns) + (i % columns)]);
        return product;
    }

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);
}
