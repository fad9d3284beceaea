using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Attention over more positions than a tile holds, and over few, against its formulas in double precision.</summary>
public sealed class AttentionTests
{
    [Theory]
    [InlineData(70, 300, false, false)]
    [InlineData(33, 129, false, true)]
    [InlineData(300, 300, true, false)]
    [InlineData(300, 290, true, true)]
    [InlineData(300, 40, true, false)]
    [InlineData(17, 17, false, true)]
    [InlineData(39, 64, true, false)]
    [InlineData(64, 5, false, false)]
    [InlineData(1, 63, false, true)]
    [InlineData(65, 39, true, true)]
    [InlineData(17, 17, false, true, 37, 5, 4, 4)]
    [InlineData(7, 12, true, false, 32, 3, 8, 4)]
    [InlineData(9, 5, false, false, 16, 2, 16, 12)]
    [InlineData(6, 6, false, false, 9, 3, 6, 8)]
    public void Tiles_join_to_the_whole(int queries, int keys, bool causal, bool masked, int batch = 2, int heads = 2, int depth = 5, int width = 3)
    {
        var random = new RandomStream(4);
        Tensor mask = masked ? Mask(random, queries, keys, causal) : default;
        Tensor q = Leaf(queries, depth), k = Leaf(keys, depth), v = Leaf(keys, width);
        using var tape = new Tape();
        Tensor y = Fused.ScaledDotProductAttention(q, k, v, heads, scale: 0.8f, causal, mask);
        Tensor c = Tensor.Normal(random, y.Shape), e = Tensor.Normal(random, y.Shape);
        Tensor[] gradients = tape.Gradients([(y * c).Sum(), (y * e).Sum()], [q, k, v]);

        for (int b = 0; b < batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                double[,] p = Weights(b, h);
                Near("value", y, default, width, (i, d) => Sum(keys, j => p[i, j] * v[b, j, (h * width) + d]));
                for (int task = 0; task < 2; task++)
                {
                    Tensor g = task == 0 ? c : e;
                    var ds = new double[queries, keys];
                    for (int i = 0; i < queries; i++)
                    {
                        double total = 0;
                        for (int j = 0; j < keys; j++) total += p[i, j] * (ds[i, j] = Sum(width, d => g[b, i, (h * width) + d] * v[b, j, (h * width) + d]));
                        for (int j = 0; j < keys; j++) ds[i, j] = 0.8f * p[i, j] * (ds[i, j] - total);
                    }

                    Near("query", gradients[0], task, depth, (i, d) => Sum(keys, j => ds[i, j] * k[b, j, (h * depth) + d]));
                    Near("key", gradients[1], task, depth, (j, d) => Sum(queries, i => ds[i, j] * q[b, i, (h * depth) + d]));
                    Near("value gradient", gradients[2], task, width, (j, d) => Sum(queries, i => p[i, j] * g[b, i, (h * width) + d]));
                }

                void Near(string what, Tensor actual, int? task, int part, Func<int, int, double> expected)
                {
                    for (int row = 0; row < actual.Shape[-2]; row++)
                    {
                        for (int d = 0; d < part; d++)
                        {
                            double found = task is { } t ? actual[t, b, row, (h * part) + d] : actual[b, row, (h * part) + d];
                            Assert.True(Math.Abs(expected(row, d) - found) < 2e-5, $"{what}: row {row}, element {d} of head {h}: {found}, expected {expected(row, d)}");
                        }
                    }
                }
            }
        }

        Tensor Leaf(int length, int part) => Tensor.Normal(random, new Shape(batch, length, heads * part)).WithGradient();

        double[,] Weights(int b, int h)
        {
            var p = new double[queries, keys];
            for (int i = 0; i < queries; i++)
            {
                double sum = 0;
                for (int j = 0; j < keys; j++)
                {
                    if ((causal && j > i) || (masked && mask[i, j] != 0f)) continue;
                    sum += p[i, j] = Math.Exp(0.8f * Sum(depth, d => (double)q[b, i, (h * depth) + d] * k[b, j, (h * depth) + d]));
                }

                for (int j = 0; j < keys; j++) p[i, j] /= sum;
            }

            return p;
        }
    }

    [Fact]
    public void Scores_far_from_zero_neither_overflow_nor_vanish()
    {
        Tensor q = Tensor.FromArray([100f, -100f], 1, 2, 1), k = Tensor.FromArray([90f, 91f, -90f], 1, 3, 1), v = Tensor.FromArray([1f, 2f, 3f], 1, 3, 1);
        Assert.Equal([2f, 3f], Fused.ScaledDotProductAttention(q, k, v, heads: 1).ToArray());
    }

    [Fact]
    public void A_causal_position_does_not_depend_on_later_ones()
    {
        Tensor x = Tensor.Normal(new RandomStream(5), new Shape(1, 200, 12)), changed = x.Keep();
        changed.Span[(140 * 12)..].Fill(float.NaN);
        Tensor y = Fused.ScaledDotProductAttention(x, heads: 2, causal: true), z = Fused.ScaledDotProductAttention(changed, heads: 2, causal: true);
        Assert.Equal(y.Span[..(128 * 4)].ToArray(), z.Span[..(128 * 4)].ToArray());
        Assert.Equal(Fused.ScaledDotProductAttention(x.Slice(1, 0, 128), heads: 2, causal: true).ToArray(), y.Span[..(128 * 4)].ToArray());
    }

    /// <summary>A whole tile of keys is blocked for some queries, single keys for others.</summary>
    private static Tensor Mask(RandomStream random, int queries, int keys, bool causal)
    {
        Tensor mask = Tensor.Zeros(queries, keys);
        random.FillBernoulli(mask.Span, 0.4f);
        for (int i = 0; i < queries; i++)
        {
            if (i % 3 == 1) mask.Span.Slice(i * keys, Math.Min(keys, 128)).Fill(1f);
            mask.Span[(i * keys) + Math.Min(keys - 1, causal ? i : keys)] = 0f;
        }

        return mask;
    }

    private static double Sum(int count, Func<int, double> term)
    {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += term(i);
        return sum;
    }
}
