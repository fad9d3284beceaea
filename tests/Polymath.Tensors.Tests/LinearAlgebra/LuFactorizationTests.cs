using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Tests;

public sealed class LuFactorizationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(40)]
    public void Solutions_and_inverses_give_the_right_side_back(int n)
    {
        var random = new RandomStream((ulong)n);
        double[] a = [.. Enumerable.Range(0, n * n).Select(_ => random.NextNormalDouble())], b = [.. Enumerable.Range(0, n * 3).Select(_ => random.NextNormalDouble())];
        double[] lu = [.. a], x = [.. b], inverse = new double[n * n], back = new double[n * 3], unit = new double[n * n];
        int[] pivots = new int[n];
        Assert.NotEqual(0, LuFactorization.Factor(lu, pivots));
        LuFactorization.Solve(lu, pivots, x, 3);
        MatrixProduct.Multiply(a, x, back, n, 3, n);
        for (int i = 0; i < b.Length; i++) Assert.Equal(b[i], back[i], 1e-9);
        LuFactorization.Invert(lu, pivots, inverse);
        MatrixProduct.Multiply(inverse, a, unit, n, n, n);
        for (int i = 0; i < unit.Length; i++) Assert.Equal(i % (n + 1) == 0 ? 1 : 0, unit[i], 1e-9);
    }

    [Fact]
    public void The_determinant_has_its_sign_and_vanishes_for_a_singular_matrix()
    {
        Assert.Equal(-2, LuFactorization.Factor([0, 2, 1, 3], new int[2]), 15);
        Assert.Equal(24, LuFactorization.Factor([2, 0, 0, 0, 3, 0, 0, 0, 4], new int[3]), 15);
        Assert.Equal(0, LuFactorization.Factor([1, 2, 2, 4], new int[2]));
        Assert.Equal(1, LuFactorization.Factor([], []));
    }

    [Fact]
    public void A_matrix_that_is_not_square_is_refused() => Assert.Throws<ArgumentException>(() => LuFactorization.Factor(new double[5], new int[2]));
}
