using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class GemmTests
{
    private const double Epsilon = 1.1920929e-7;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 8)];

    public static TheoryData<int> Widths => [512, 256, 128, 0];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Products_of_random_shapes_match_double_precision(int seed)
    {
        RandomStream random = new RandomStream(17).Derive((ulong)seed);
        for (int i = 0; i < 250; i++)
        {
            int limit = (i % 4) switch { 0 => 6, 1 => 20, 2 => 50, _ => 131 };
            Check(random, random.NextInt32(limit), random.NextInt32(limit), random.NextInt32(limit), width: null);
        }

        foreach ((int m, int n, int k) in new[] { (1, 70, 600), (300, 1, 70), (3, 129, 300), (5, 300, 9), (70, 5, 520), (129, 40, 300) })
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

    [Fact]
    public void A_warm_product_allocates_nothing()
    {
        var random = new RandomStream(1);
        using var a = new Block(128 * 128, random);
        using var b = new Block(128 * 128, random);
        using var c = new Block(128 * 128);
        for (int i = 0; i < 3; i++) Gemm.Multiply(true, true, 128, 128, 128, a, 128, b, 128, c, 128, false);
        long start = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 3; i++) Gemm.Multiply(true, true, 128, 128, 128, a, 128, b, 128, c, 128, false);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
    }

    private static void Check(RandomStream random, int m, int n, int k, VectorWidth? width)
    {
        bool ta = random.NextBernoulli(0.5f), tb = random.NextBernoulli(0.5f), accumulate = random.NextBernoulli(0.5f);
        int lda = (ta ? m : k) + random.NextInt32(4), ldb = (tb ? k : n) + random.NextInt32(4), ldc = n + random.NextInt32(4);
        using var a = new Block((ta ? k : m) * lda, random, offset: random.NextInt32(3));
        using var b = new Block((tb ? n : k) * ldb, random, offset: random.NextInt32(3));
        using var c = new Block(m * ldc, random, offset: random.NextInt32(3));
        float[] before = c.Span.ToArray();
        if (width is { } chosen) Gemm.MultiplyPacked(chosen, ta, tb, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
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
