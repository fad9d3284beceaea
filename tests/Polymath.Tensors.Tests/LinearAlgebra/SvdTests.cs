using Polymath.Tensors;
using Polymath.Tensors.Kernels;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Tests.LinearAlgebra;

public sealed class SvdTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 1)]
    [InlineData(1, 6, 1)]
    [InlineData(7, 7, 7)]
    [InlineData(40, 25, 25)]
    [InlineData(25, 40, 25)]
    [InlineData(33, 33, 4)]
    [InlineData(50, 20, 0)]
    [InlineData(100, 97, 60)]
    public void Orthogonal_vectors_and_falling_values_give_the_matrix_back(int rows, int columns, int rank)
    {
        foreach (double scale in (double[])[1, 1e-200, 1e200])
        {
            double[] matrix = Product(rows, columns, rank, scale);
            var svd = new Svd(matrix, rows, columns);
            Assert.Equal(rank, svd.Rank);
            for (int k = 0; k < svd.Count; k++)
            {
                if (k > 0) Assert.True(svd.Values[k] <= svd.Values[k - 1]);
                for (int other = 0; other <= k; other++)
                {
                    Assert.Equal(k == other ? 1 : 0, Dot(svd.Left(k), svd.Left(other)), 1e-13);
                    Assert.Equal(k == other ? 1 : 0, Dot(svd.Right(k), svd.Right(other)), 1e-13);
                }
            }

            double largest = Math.Max(svd.Values[0] / scale, 1);
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    double sum = 0;
                    for (int k = 0; k < svd.Count; k++) sum += svd.Left(k)[i] * (svd.Values[k] / scale) * svd.Right(k)[j];
                    Assert.Equal(matrix[(i * columns) + j] / scale, sum, 1e-13 * largest);
                }
            }
        }
    }

    [Fact]
    public void Small_values_of_columns_of_very_different_length_keep_their_digits()
    {
        // Orthogonal columns of lengths 1, 1e-6, 1e-12, 1e-18: the lengths are the singular values.
        double[] matrix = new double[16];
        int[,] signs = { { 1, 1, 1, 1 }, { 1, -1, 1, -1 }, { 1, 1, -1, -1 }, { 1, -1, -1, 1 } };
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++) matrix[(i * 4) + j] = 0.5 * signs[j, i] * Math.Pow(10, -6 * j);
        }

        var svd = new Svd(matrix, 4, 4);
        for (int k = 0; k < 4; k++) Assert.Equal(1, svd.Values[k] / Math.Pow(10, -6 * k), 1e-13);
    }

    [Fact]
    public void Squares_of_the_values_are_the_eigenvalues_of_the_Gram_matrix()
    {
        const int Rows = 30, Columns = 12;
        double[] matrix = Product(Rows, Columns, Columns, 1), gram = new double[Columns * Columns], values = new double[Columns], vectors = new double[Columns * Columns];
        MatrixProduct.Multiply(matrix, matrix, gram, Columns, Columns, Rows, transposeLeft: true);
        SymmetricEigen.Decompose(gram, values, vectors);
        var svd = new Svd(matrix, Rows, Columns);
        for (int k = 0; k < Columns; k++) Assert.Equal(values[Columns - 1 - k], svd.Values[k] * svd.Values[k], 1e-11 * values[^1]);
    }

    [Fact]
    public void Factors_of_the_rank_multiply_to_the_matrix_and_fewer_leave_the_next_value()
    {
        float[] matrix = Array.ConvertAll(Product(20, 30, 5, 1), value => (float)value), left = new float[20 * 5], right = new float[5 * 30];
        var svd = new Svd(matrix, 20, 30);
        svd.Factors(5, left, right);
        Assert.Equal(0, Error(matrix, left, right, 5), 1e-4);
        left = new float[20 * 3];
        right = new float[3 * 30];
        svd.Factors(3, left, right);

        // Eckart and Young: the squares of what is left out.
        Assert.Equal(Math.Sqrt((svd.Values[3] * svd.Values[3]) + (svd.Values[4] * svd.Values[4])), Error(matrix, left, right, 3), 1e-4);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        double[] matrix = Product(90, 70, 70, 1);
        int before = Workers.Count;
        try
        {
            var results = new List<double[]>();
            foreach (int threads in (int[])[1, 2, 3])
            {
                Workers.Configure(threads);
                var svd = new Svd(matrix, 90, 70);
                results.Add([.. svd.Values, .. svd.Left(3), .. svd.Right(69)]);
            }

            Assert.All(results, result => Assert.Equal(results[0], result));
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Fact]
    public void What_is_not_finite_is_refused()
    {
        Assert.Contains("expected finite", Assert.Throws<ArithmeticException>(() => new Svd([1.0, double.NaN], 1, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("expected finite", Assert.Throws<ArithmeticException>(() => new Svd([1.0, double.PositiveInfinity], 2, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("expected 2 x 2", Assert.Throws<ArgumentException>(() => new Svd([1.0], 2, 2)).Message, StringComparison.Ordinal);
    }

    private static double Error(float[] matrix, float[] left, float[] right, int rank)
    {
        double squares = 0;
        for (int i = 0; i < matrix.Length; i++)
        {
            double sum = 0;
            for (int k = 0; k < rank; k++) sum += (double)left[(i / 30 * rank) + k] * right[(k * 30) + (i % 30)];
            squares += (matrix[i] - sum) * (matrix[i] - sum);
        }

        return Math.Sqrt(squares);
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>A random matrix of a rank.</summary>
    private static double[] Product(int rows, int columns, int rank, double scale)
    {
        var random = new RandomStream((ulong)((rows * 1000) + columns));
        double[] left = new double[rows * rank], right = new double[rank * columns], product = new double[rows * columns];
        for (int i = 0; i < left.Length; i++) left[i] = random.NextNormalDouble();
        for (int i = 0; i < right.Length; i++) right[i] = random.NextNormalDouble() * scale;
        MatrixProduct.Multiply(left, right, product, rows, columns, rank);
        return product;
    }
}
