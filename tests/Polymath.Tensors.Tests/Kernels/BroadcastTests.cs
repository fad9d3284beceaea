using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class BroadcastTests
{
    public static TheoryData<int> Kinds => [.. Enum.GetValues<BinaryKind>().Select(k => (int)k)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_function_matches_an_index_by_index_loop(int kindIndex)
    {
        var kind = (BinaryKind)kindIndex;
        var random = new RandomStream(9);
        for (int trial = 0; trial < 150; trial++)
        {
            int rank = random.NextInt32(5);
            int[] shape = [.. Enumerable.Range(0, rank).Select(_ => random.NextInt32(10) == 0 ? 0 : 1 + random.NextInt32(trial % 10 == 0 ? 19 : 7))];
            (int[] strideA, int sizeA) = Strides(random, shape);
            (int[] strideB, int sizeB) = Strides(random, shape);
            int length = shape.Aggregate(1, (p, n) => p * n);
            using var a = new Block(sizeA, random, 0f, 2f);
            using var b = new Block(sizeB, random, 0f, 2f);
            if (kind >= BinaryKind.Equal)
            {
                foreach (ref float v in a.Span) v = MathF.Round(v);
                foreach (ref float v in b.Span) v = MathF.Round(v);
            }

            using var output = new Block(length);
            Broadcast.Binary(kind, shape, a, strideA, b, strideB, output);
            for (int i = 0; i < length; i++)
            {
                int rest = i, atA = 0, atB = 0;
                for (int d = rank - 1; d >= 0; d--)
                {
                    atA += rest % shape[d] * strideA[d];
                    atB += rest % shape[d] * strideB[d];
                    rest /= shape[d];
                }

                Assert.Equal(Apply(kind, a[atA], b[atB]), output[i]);
            }
        }
    }

    [Fact]
    public void Long_rows_and_columns_are_split_without_changing_a_bit()
    {
        int[] shape = [300, 211];
        var random = new RandomStream(2);
        using var a = new Block(300 * 211, random);
        using var row = new Block(211, random);
        using var column = new Block(300, random);
        using var y = new Block(300 * 211);
        Block.SameBitsAtAnyThreadCount(y, () => Broadcast.Binary(BinaryKind.Add, shape, a, [211, 1], row, [0, 1], y));
        for (int i = 0; i < y.Length; i++) Assert.Equal(a[i] + row[i % 211], y[i]);
        Block.SameBitsAtAnyThreadCount(y, () => Broadcast.Binary(BinaryKind.Divide, shape, a, [211, 1], column, [1, 0], y));
        for (int i = 0; i < y.Length; i++) Assert.Equal(a[i] / column[i / 211], y[i]);
    }

    [Fact]
    public void Maximum_and_minimum_pass_NaN_on()
    {
        using var a = new Block(float.NaN, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);
        using var b = new Block(0f, float.NaN, 1f, 1f, 1f, 1f, 1f, 1f, float.NaN);
        using var y = new Block(9);
        Broadcast.Binary(BinaryKind.Maximum, [9], a, [1], b, [1], y);
        Assert.Equal([float.NaN, float.NaN, 2f, 3f, 4f, 5f, 6f, 7f, float.NaN], y.Span.ToArray());
        Broadcast.Binary(BinaryKind.Minimum, [9], a, [1], b, [1], y);
        Assert.Equal([float.NaN, float.NaN, 1f, 1f, 1f, 1f, 1f, 1f, float.NaN], y.Span.ToArray());
    }

    private static (int[] Strides, int Size) Strides(RandomStream random, int[] shape)
    {
        int[] strides = new int[shape.Length];
        int step = 1, last = 0;
        foreach (int d in random.NextBernoulli(0.3f) ? Enumerable.Range(0, shape.Length) : Enumerable.Range(0, shape.Length).Reverse())
        {
            if (random.NextBernoulli(0.3f)) continue;
            strides[d] = step;
            last += step * Math.Max(0, shape[d] - 1);
            step *= Math.Max(1, shape[d]);
        }

        return (strides, last + 1);
    }

    private static float Apply(BinaryKind kind, float a, float b) => kind switch
    {
        BinaryKind.Add => a + b,
        BinaryKind.Subtract => a - b,
        BinaryKind.Multiply => a * b,
        BinaryKind.Divide => a / b,
        BinaryKind.Maximum => MathF.Max(a, b),
        BinaryKind.Minimum => MathF.Min(a, b),
        BinaryKind.Power => MathF.Pow(a, b),
        BinaryKind.Equal => a == b ? 1f : 0f,
        BinaryKind.Less => a < b ? 1f : 0f,
        BinaryKind.LessOrEqual => a <= b ? 1f : 0f,
        BinaryKind.Greater => a > b ? 1f : 0f,
        _ => a >= b ? 1f : 0f,
    };
}
