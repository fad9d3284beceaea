using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class ReduceTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 0, 3, 2 }, { 2, 0, 3 }, { 2, 3, 0 }, { 1, 1, 1 }, { 3, 7, 1 }, { 1, 40_001, 1 }, { 5, 17, 13 }, { 1, 9001, 7 }, { 2, 131, 517 }, { 300, 5, 3 }, { 2, 30_011, 1 }, { 1, 3, 20_000 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Sum_max_and_arg_max_match_a_plain_loop(int outer, int axis, int inner)
    {
        var random = new RandomStream(1);
        using var x = new Block(outer * axis * inner, random);
        using var sum = new Block(outer * inner);
        using var max = new Block(outer * inner);
        using var arg = new Block(outer * inner);
        for (int i = 0; i < x.Length; i += 3) x.Span[i] = MathF.Round(x[i] * 4) / 4;
        Block.SameBitsAtAnyThreadCount(sum, () => Reduce.Sum(x, outer, axis, inner, sum));
        Block.SameBitsAtAnyThreadCount(max, () => Reduce.Max(x, outer, axis, inner, max));
        Block.SameBitsAtAnyThreadCount(arg, () => Reduce.ArgMax(x, outer, axis, inner, (int*)arg.Data));
        for (int o = 0; o < outer; o++)
        {
            for (int j = 0; j < inner; j++)
            {
                double total = 0;
                float best = float.NegativeInfinity;
                int where = -1;
                for (int a = 0; a < axis; a++)
                {
                    float v = x[(((o * axis) + a) * inner) + j];
                    total += v;
                    if (where >= 0 && v <= best) continue;
                    (best, where) = (v, a);
                }

                int at = (o * inner) + j;
                Assert.Equal(total, sum[at], 1e-6 + (1e-7 * Math.Abs(total)));
                Assert.Equal(best, max[at]);
                Assert.Equal(where, ((int*)arg.Data)[at]);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NaN_is_the_maximum_and_all_minus_infinity_has_a_first_index(int inner)
    {
        const float inf = float.PositiveInfinity;
        using var x = new Block([.. new[] { 1f, inf, float.NaN, 2f, float.NaN }.SelectMany(v => Enumerable.Repeat(v, inner))]);
        using var low = new Block([.. Enumerable.Repeat(-inf, 4 * inner)]);
        using var y = new Block(inner);
        Reduce.Max(x, 1, 5, inner, y);
        Assert.True(float.IsNaN(y[inner - 1]));
        Reduce.ArgMax(x, 1, 5, inner, (int*)y.Data);
        Assert.Equal(2, ((int*)y.Data)[inner - 1]);
        Reduce.ArgMax(low, 1, 4, inner, (int*)y.Data);
        Assert.Equal(0, ((int*)y.Data)[inner - 1]);
    }

    [Fact]
    public void A_million_terms_sum_to_float_precision()
    {
        const int n = 1_000_003;
        using var x = new Block(n, new RandomStream(2), 0f, 1f);
        using var y = new Block(1);
        double expected = 0;
        foreach (float v in x.Span) expected += v;
        Reduce.Sum(x, 1, n, 1, y);
        Assert.Equal(1, y[0] / expected, 1e-7);
        Assert.Equal(1, Reduce.SumDouble(x, n) / expected, 1e-12);
        double dot = 0;
        foreach (float v in x.Span) dot += (double)v * v;
        Assert.Equal(1, Reduce.Dot(x, x, n) / dot, 1e-12);
        Assert.Equal(0, Reduce.Dot(x, x, 0));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(3, 37)]
    [InlineData(5, 40_009)]
    public void Gramian_and_row_combination_match_a_plain_loop(int k, int p)
    {
        int stride = p + 3;
        var random = new RandomStream(3);
        using var rows = new Block(k * stride, random);
        using var gram = new Block(2 * k * k);
        using var combined = new Block(p);
        double[] weights = [.. Enumerable.Range(0, k).Select(_ => random.NextDouble() - 0.3)];
        double* products = (double*)gram.Data;
        Block.SameBitsAtAnyThreadCount(gram, () => Reduce.Gramian(rows, k, p, stride, (double*)gram.Data));
        Block.SameBitsAtAnyThreadCount(combined, () => Reduce.CombineRows(rows, weights, k, p, stride, combined));
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                double dot = 0;
                for (int c = 0; c < p; c++) dot += (double)rows[(i * stride) + c] * rows[(j * stride) + c];
                Assert.Equal(dot, products[(i * k) + j], 1e-9 + (1e-12 * Math.Abs(dot)));
            }
        }

        for (int c = 0; c < p; c++)
        {
            double sum = 0;
            for (int i = 0; i < k; i++) sum += weights[i] * rows[(i * stride) + c];
            Assert.Equal(sum, combined[c], 1e-6);
        }
    }
}
