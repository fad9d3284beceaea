using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class GemmTests
{
    private const double Epsilon = 1.1920929e-7;
    private const int ShapesPerSeed = 1250;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 16)];

    public static TheoryData<int> Widths => [512, 256, 128, 0];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Products_of_random_shapes_match_double_precision(int seed)
    {
        RandomStream random = new RandomStream(17).Derive((ulong)seed);
        for (int i = 0; i < ShapesPerSeed; i++)
        {
            int limit = (i % 40) switch { < 15 => 6, < 27 => 20, < 37 => 50, _ => 131 };
            Check(random, random.NextInt32(limit), random.NextInt32(limit), random.NextInt32(limit), width: null);
        }

        foreach ((int m, int n, int k) in new[] { (1, 70, 600), (300, 1, 70), (3, 129, 300), (5, 300, 9), (70, 5, 520), (129, 40, 300), (9, 17, 1100), (260, 270, 520), (3, 2100, 6) })
            Check(random, m, n, k, width: null);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_vector_width_matches_double_precision(int bits)
    {
        RandomStream random = new RandomStream(23).Derive((ulong)bits);
        for (int i = 0; i < 60; i++)
            Check(random, 1 + random.NextInt32(80), 1 + random.NextInt32(80), 1 + random.NextInt32(i % 10 == 0 ? 600 : 60), (VectorWidth)bits);
    }

    [Theory]
    [InlineData(200, 150, 300)]
    [InlineData(700, 40, 90)]
    [InlineData(10, 2100, 60)]
    [InlineData(1, 3000, 400)]
    [InlineData(3000, 1, 400)]
    public void The_bits_do_not_depend_on_the_thread_count(int m, int n, int k)
    {
        var random = new RandomStream(3);
        using var a = new Block(m * k, random);
        using var b = new Block(k * n, random);
        using var c = new Block(m * n);
        Block.SameBitsAtAnyThreadCount(c, () => Gemm.Multiply(false, false, m, n, k, a, k, b, n, c, n, accumulate: false));
        Block.SameBitsAtAnyThreadCount(c, () => Gemm.Multiply(true, true, m, n, k, a, m, b, k, c, n, accumulate: false));
    }

    [Fact]
    public void Batched_products_match_single_products_for_every_sharing()
    {
        var random = new RandomStream(5);
        for (int trial = 0; trial < 200; trial++)
        {
            int m = 1 + random.NextInt32(20), n = 1 + random.NextInt32(20), k = random.NextInt32(20), batch = random.NextInt32(9);
            bool ta = random.NextBernoulli(0.5f), tb = random.NextBernoulli(0.5f), accumulate = random.NextBernoulli(0.5f), sum = random.NextBernoulli(0.2f);
            int sa = random.NextBernoulli(0.3f) ? 0 : m * k, sb = random.NextBernoulli(0.3f) ? 0 : k * n, sc = sum ? 0 : m * n;
            using var a = new Block(Math.Max(1, batch * m * k), random);
            using var b = new Block(Math.Max(1, batch * k * n), random);
            using var c = new Block(Math.Max(1, batch) * m * n, random);
            double[] expected = [.. c.Span.ToArray().Select(x => accumulate ? x : (sum || batch > 0) ? 0.0 : x)];
            for (int i = 0; i < batch; i++)
            {
                for (int r = 0; r < m; r++)
                {
                    for (int j = 0; j < n; j++)
                    {
                        for (int p = 0; p < k; p++)
                            expected[(i * sc) + (r * n) + j] += (double)a[(i * sa) + (ta ? (p * m) + r : (r * k) + p)] * b[(i * sb) + (tb ? (j * k) + p : (p * n) + j)];
                    }
                }
            }

            Gemm.MultiplyBatched(ta, tb, m, n, k, a, ta ? m : k, b, tb ? k : n, c, n, accumulate, batch, sa, sb, sc);
            int used = sum ? m * n : batch * m * n;
            for (int i = 0; i < used; i++) Assert.Equal(expected[i], c[i], 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Items_share_a_right_operand_at_any_stride(int bits)
    {
        RandomStream random = new RandomStream(29).Derive((ulong)bits);
        for (int trial = 0; trial < 40; trial++)
        {
            int items = 1 + random.NextInt32(5), m = 1 + random.NextInt32(30), n = 1 + random.NextInt32(60), k = 1 + random.NextInt32(trial % 8 == 0 ? 600 : 40);
            bool ta = random.NextBernoulli(0.5f), tb = random.NextBernoulli(0.5f), accumulate = random.NextBernoulli(0.5f);
            int gapA = (m * k) + random.NextInt32(5), gapC = (m * n) + random.NextInt32(5);
            using var a = new Block(items * gapA, random);
            using var b = new Block(k * n, random);
            using var c = new Block(items * gapC, random);
            float[] before = c.Span.ToArray();
            GemmProblem problem = Gemm.Problem(ta, tb, m, n, k, a, ta ? m : k, b, tb ? k : n, c, n, accumulate) with { Items = items, ItemStrideA = gapA, ItemStrideC = gapC };
            Gemm.MultiplyBlocked((VectorWidth)bits, problem);
            for (int i = 0; i < items * gapC; i++)
            {
                int item = i / gapC, place = i % gapC, row = place / n, column = place % n;
                double expected = before[i];
                if (place < m * n)
                {
                    expected = accumulate ? expected : 0;
                    for (int p = 0; p < k; p++) expected += (double)a[(item * gapA) + (ta ? (p * m) + row : (row * k) + p)] * b[tb ? (column * k) + p : (p * n) + column];
                }

                Assert.Equal(expected, c[i], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(Activation.Identity)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    public void The_epilogue_adds_the_bias_and_applies_the_activation_once(Activation activation)
    {
        var random = new RandomStream(31);
        foreach ((int m, int n, int k) in new[] { (1, 40, 30), (40, 1, 30), (3, 7, 5), (33, 65, 40), (130, 100, 1100), (5, 9, 0), (2, 3000, 700) })
        {
            using var a = new Block(Math.Max(1, m * k), random);
            using var b = new Block(Math.Max(1, k * n), random);
            using var bias = new Block(n, random);
            using var c = new Block(m * n, random);
            Gemm.Multiply(false, false, m, n, k, a, k, b, n, c, n, accumulate: false, new GemmEpilogue(bias, activation));
            for (int i = 0; i < m * n; i++)
            {
                double sum = bias[i % n];
                for (int p = 0; p < k; p++) sum += (double)a[(i / n * k) + p] * b[(p * n) + (i % n)];
                double expected = activation switch { Activation.Relu => Math.Max(sum, 0), Activation.Sigmoid => 1 / (1 + Math.Exp(-sum)), _ => sum };
                Assert.Equal(expected, c[i], 1e-4);
            }
        }
    }

    [Fact]
    public void A_warm_product_allocates_nothing()
    {
        var random = new RandomStream(1);
        using var a = new Block(128 * 128, random);
        using var b = new Block(128 * 128, random);
        using var c = new Block(128 * 128);
        for (int i = 0; i < 3; i++) Gemm.Multiply(true, true, 128, 128, 128, a, 128, b, 128, c, 128, false);
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 3; i++) Gemm.Multiply(true, true, 128, 128, 128, a, 128, b, 128, c, 128, false);
        }));
    }

    private static void Check(RandomStream random, int m, int n, int k, VectorWidth? width)
    {
        bool ta = random.NextBernoulli(0.5f), tb = random.NextBernoulli(0.5f), accumulate = random.NextBernoulli(0.5f);
        int lda = (ta ? m : k) + random.NextInt32(4), ldb = (tb ? k : n) + random.NextInt32(4), ldc = n + random.NextInt32(4);
        using var a = new Block((ta ? k : m) * lda, random, offset: random.NextInt32(3));
        using var b = new Block((tb ? n : k) * ldb, random, offset: random.NextInt32(3));
        using var c = new Block(m * ldc, random, offset: random.NextInt32(3));
        float[] before = c.Span.ToArray();
        if (width is { } chosen) Gemm.MultiplyBlocked(chosen, Gemm.Problem(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate));
        else Gemm.Multiply(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate);

        float* pa = a, pb = b, pc = c;
        nint stepA = ta ? lda : 1, stepB = tb ? 1 : ldb;
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < ldc; j++)
            {
                float old = before[(i * ldc) + j], found = pc[(i * ldc) + j];
                if (j >= n)
                {
                    Assert.Equal(old, found);
                    continue;
                }

                double sum = accumulate ? old : 0, size = Math.Abs(sum);
                float* x = pa + (ta ? i : (nint)i * lda), y = pb + (tb ? (nint)j * ldb : j);
                for (int p = 0; p < k; p++)
                {
                    double product = (double)*x * *y;
                    sum += product;
                    size += Math.Abs(product);
                    x += stepA;
                    y += stepB;
                }

                if (!(Math.Abs(found - sum) <= 2 * Math.Max(k, 1) * Epsilon * size))
                    Assert.Fail($"C[{i},{j}] of {m}x{n}x{k} (transposes {ta}, {tb}) is {found}, expected {sum}.");
            }
        }
    }
}
