using Polymath.Tensors;
using Polymath.Tensors.Kernels;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Tests;

public sealed class MatrixProductTests
{
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 1, 5, 3 }, { 4, 12, 7 }, { 5, 13, 2 }, { 3, 24, 1 }, { 7, 11, 0 }, { 64, 128, 33 }, { 0, 4, 4 }, { 65, 50, 129 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_transposition_gives_the_sums_of_products(int rows, int columns, int inner)
    {
        var random = new RandomStream(11);
        double[] a = Draw(random, rows * inner), b = Draw(random, inner * columns), start = Draw(random, rows * columns);
        foreach ((bool ta, bool tb, bool accumulate) in new[] { (false, false, false), (false, true, true), (true, false, false), (true, true, true) })
        {
            double[] c = [.. start];
            MatrixProduct.Multiply(ta ? Transposed(a, rows, inner) : a, tb ? Transposed(b, inner, columns) : b, c, rows, columns, inner, ta, tb, factor: -0.5, accumulate: accumulate);
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    double sum = accumulate ? start[(i * columns) + j] : 0;
                    for (int p = 0; p < inner; p++) sum -= 0.5 * a[(i * inner) + p] * b[(p * columns) + j];
                    Assert.Equal(sum, c[(i * columns) + j], 1e-12);
                }
            }
        }
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        var random = new RandomStream(12);
        double[] a = Draw(random, 70 * 90), b = Draw(random, 90 * 55), one = new double[70 * 55], several = new double[70 * 55];
        int before = Workers.Count;
        try
        {
            Workers.Configure(1);
            MatrixProduct.Multiply(a, b, one, 70, 55, 90);
            Workers.Configure(3);
            MatrixProduct.Multiply(a, b, several, 70, 55, 90);
        }
        finally
        {
            Workers.Configure(before);
        }

        Assert.Equal(one, several);
    }

    [Fact]
    public void A_short_operand_is_named()
        => Assert.Contains("expected 2 x 3", Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(new double[5], new double[9], new double[6], 2, 3, 3)).Message, StringComparison.Ordinal);

    private static double[] Draw(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormalDouble())];

    private static double[] Transposed(double[] x, int rows, int columns)
    {
        double[] y = new double[x.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++) y[(j * rows) + i] = x[(i * columns) + j];
        }

        return y;
    }
}
