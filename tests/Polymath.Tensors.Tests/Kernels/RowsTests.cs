using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class RowsTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 0, 5, 1 }, { 3, 0, 1 }, { 1, 1, 1 }, { 5, 1, 2 }, { 4, 3, 5 }, { 7, 8, 2 }, { 2, 17, 1 }, { 13, 31, 2 }, { 3, 1009, 2 }, { 400, 33, 1 }, { 2, 9001, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Softmax_family_matches_double_precision(int rows, int width, int tasks)
    {
        var random = new RandomStream(1);
        using var x = new Block(rows * width, random, -20f, 20f);
        using var g = new Block(tasks * rows * width, random);
        using var soft = new Block(rows * width);
        using var log = new Block(rows * width);
        using var sum = new Block(rows);
        using var dSoft = new Block(tasks * rows * width);
        using var dLog = new Block(tasks * rows * width);
        Rows.Softmax(x, soft, rows, width);
        Rows.LogSoftmax(x, log, rows, width);
        Rows.LogSumExp(x, sum, rows, width);
        Rows.SoftmaxBackward(soft, g, dSoft, tasks * rows, width, rows);
        Rows.LogSoftmaxBackward(log, g, dLog, tasks * rows, width, rows);
        for (int r = 0; r < rows; r++)
        {
            double[] row = [.. x.Span.Slice(r * width, width).ToArray().Select(v => (double)v)];
            double lse = width == 0 ? double.NegativeInfinity : row.Max() + Math.Log(row.Sum(v => Math.Exp(v - row.Max())));
            Assert.Equal(lse, sum[r], 1e-5);
            for (int j = 0; j < width; j++)
            {
                Assert.Equal(Math.Exp(row[j] - lse), soft[(r * width) + j], 2e-6);
                Assert.Equal(row[j] - lse, log[(r * width) + j], 1e-5);
            }

            for (int k = 0; k < tasks; k++)
            {
                int at = ((k * rows) + r) * width;
                double dot = 0, total = 0, size = 0;
                for (int j = 0; j < width; j++)
                {
                    dot += g[at + j] * Math.Exp(row[j] - lse);
                    total += g[at + j];
                    size += Math.Abs(g[at + j]);
                }

                for (int j = 0; j < width; j++)
                {
                    double p = Math.Exp(row[j] - lse);
                    Assert.Equal(p * (g[at + j] - dot), dSoft[at + j], 5e-6);
                    Assert.Equal(g[at + j] - (p * total), dLog[at + j], 5e-6 + (1e-6 * size * p));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Normalisations_match_double_precision(int rows, int width, int tasks)
    {
        const float epsilon = 1e-5f;
        var random = new RandomStream(2);
        using var x = new Block(rows * width, random, -2f, 5f);
        using var gamma = new Block(width, random);
        using var beta = new Block(width, random);
        using var g = new Block(tasks * rows * width, random);
        using var y = new Block(rows * width);
        using var dx = new Block(tasks * rows * width);
        using var mean = new Block(rows);
        using var inverse = new Block(rows);
        foreach ((bool centred, bool scaled) in new[] { (true, true), (true, false), (false, true), (false, false) })
        {
            float* scale = scaled ? gamma : (float*)null, shift = scaled ? beta : (float*)null;
            if (centred)
            {
                Rows.LayerNorm(x, scale, shift, y, mean, inverse, epsilon, rows, width);
                new RowNormBackward { G = g, X = x, Gamma = scale, Mean = mean, Inverse = inverse, Dx = dx, Tasks = tasks, Rows = rows, Width = width }.Run();
            }
            else
            {
                Rows.RmsNorm(x, scale, y, inverse, epsilon, rows, width);
                new RowNormBackward { G = g, X = x, Gamma = scale, Inverse = inverse, Dx = dx, Tasks = tasks, Rows = rows, Width = width }.Run();
            }

            for (int r = 0; r < rows && width > 0; r++)
            {
                double[] row = [.. x.Span.Slice(r * width, width).ToArray().Select(v => (double)v)];
                double m = centred ? row.Average() : 0, inv = 1 / Math.Sqrt(row.Average(v => (v - m) * (v - m)) + epsilon);
                Assert.Equal(1, inverse[r] / inv, 1e-4);
                for (int j = 0; j < width; j++)
                {
                    double expected = (row[j] - m) * inv * (scaled ? gamma[j] : 1);
                    Assert.Equal(expected + (scaled && centred ? beta[j] : 0), y[(r * width) + j], 2e-5);
                }

                for (int k = 0; k < tasks; k++)
                {
                    int at = ((k * rows) + r) * width;
                    double meanH = 0, meanHn = 0;
                    for (int j = 0; j < width; j++)
                    {
                        double h = g[at + j] * (scaled ? gamma[j] : 1.0);
                        meanH += h / width;
                        meanHn += h * (row[j] - m) * inv / width;
                    }

                    for (int j = 0; j < width; j++)
                    {
                        double h = g[at + j] * (scaled ? gamma[j] : 1.0);
                        double expected = inv * (h - (centred ? meanH : 0) - ((row[j] - m) * inv * meanHn));
                        Assert.Equal(expected, dx[at + j], 5e-6 + (2e-6 * inv));
                    }
                }
            }
        }
    }

    [Fact]
    public void Infinite_logits_follow_the_limits()
    {
        const float inf = float.PositiveInfinity;
        using var x = new Block(-inf, 0f, -inf, 0f, -inf, -inf, -inf, -inf, 1f, inf, 2f, 3f);
        using var y = new Block(12);
        using var sum = new Block(3);
        Rows.Softmax(x, y, 3, 4);
        Assert.Equal([0f, 0.5f, 0f, 0.5f], y.Span[..4].ToArray());
        Assert.All(y.Span[4..8].ToArray(), v => Assert.True(float.IsNaN(v)));
        Rows.LogSoftmax(x, y, 1, 4);
        Assert.Equal([-inf, -MathF.Log(2f), -inf, -MathF.Log(2f)], y.Span[..4].ToArray());
        Rows.LogSumExp(x, sum, 3, 4);
        Assert.Equal([MathF.Log(2f), -inf, inf], sum.Span.ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void A_NaN_logit_makes_its_whole_row_NaN_and_no_other(int width)
    {
        using var x = new Block(3 * width, new RandomStream(5));
        using var y = new Block(3 * width);
        using var sum = new Block(3);
        x.Span[width + 1] = float.NaN;
        Rows.Softmax(x, y, 3, width);
        for (int i = 0; i < y.Length; i++) Assert.Equal(i / width == 1, float.IsNaN(y[i]));
        Rows.LogSoftmax(x, y, 3, width);
        for (int i = 0; i < y.Length; i++) Assert.Equal(i / width == 1, float.IsNaN(y[i]));
        Rows.LogSumExp(x, sum, 3, width);
        for (int i = 0; i < 3; i++) Assert.Equal(i == 1, float.IsNaN(sum[i]));
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_thread_count()
    {
        const int rows = 500, width = 67;
        var random = new RandomStream(4);
        using var x = new Block(rows * width, random);
        using var y = new Block(rows * width);
        using var mean = new Block(rows);
        using var inverse = new Block(rows);
        Block.SameBitsAtAnyThreadCount(y, () => Rows.Softmax(x, y, rows, width));
        Block.SameBitsAtAnyThreadCount(y, () => Rows.LayerNorm(x, null, null, y, mean, inverse, 1e-5f, rows, width));
    }
}
