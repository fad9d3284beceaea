using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class LayoutTests
{
    [Fact]
    public void Permutations_of_random_shapes_match_index_arithmetic()
    {
        var random = new RandomStream(1);
        for (int trial = 0; trial < 600; trial++)
        {
            int rank = random.NextInt32(6), limit = rank <= 2 ? 200 : rank == 3 ? 40 : 8;
            int[] shape = [.. Enumerable.Range(0, rank).Select(_ => random.NextInt32(20) == 0 ? 0 : 1 + random.NextInt32(limit))];
            int[] order = new int[rank];
            random.FillPermutation(order);
            CheckPermutation(shape, order);
        }

        CheckPermutation([300, 211], [1, 0]);
        CheckPermutation([7, 65, 5, 33], [0, 2, 1, 3]);
        CheckPermutation([3, 50, 170], [0, 2, 1]);
    }

    [Fact]
    public void A_slice_comes_back_where_it_was()
    {
        var random = new RandomStream(2);
        foreach ((int outer, int axis, int inner) in new[] { (1, 9, 1), (3, 5, 7), (2, 4, 20_011), (1000, 3, 2), (0, 3, 2), (1, 50_000, 1) })
        {
            int start = random.NextInt32(axis), length = random.NextInt32(axis - start + 1);
            using var x = new Block(outer * axis * inner, random);
            using var slice = new Block(outer * length * inner);
            using var back = new Block(x.Length, random);
            float[] before = back.Span.ToArray();
            Layout.Slice(x, outer, axis, inner, start, length, slice);
            Layout.Unslice(slice, outer, axis, inner, start, length, back, accumulate: true);
            for (int i = 0; i < x.Length; i++)
            {
                int a = i / inner % axis;
                bool inside = a >= start && a < start + length;
                Assert.Equal(inside ? before[i] + x[i] : before[i], back[i]);
            }
        }
    }

    [Theory]
    [InlineData(0, 3, 2)]
    [InlineData(50, 1, 7)]
    [InlineData(3000, 17, 100)]
    [InlineData(3000, 64, 3)]
    public void Rows_are_gathered_and_scattered_as_by_a_plain_loop(int count, int width, int tableRows)
    {
        var random = new RandomStream(3);
        using var table = new Block(tableRows * width, random);
        const int Outer = 2;
        using var g = new Block(Outer * count * width, random);
        using var y = new Block(count * width);
        using var sums = new Block(Outer * tableRows * width, random);
        int[] index = [.. Enumerable.Range(0, count).Select(_ => random.NextInt32(tableRows))];
        float[] expected = new float[sums.Length];
        for (int i = 0; i < Outer * count; i++)
        {
            int row = (i / count * tableRows) + index[i % count];
            for (int j = 0; j < width; j++) expected[(row * width) + j] += g[(i * width) + j];
        }

        fixed (int* pinned = index)
        {
            int* at = pinned;
            Layout.GatherRows(table, at, count, width, y);
            for (int i = 0; i < y.Length; i++) Assert.Equal(table[(index[i / width] * width) + (i % width)], y[i]);
            Block.SameBitsAtAnyThreadCount(sums, () => Layout.ScatterRows(g, at, Outer, count, width, tableRows, sums));
        }

        Assert.Equal(expected, sums.Span.ToArray());
    }

    private static void CheckPermutation(int[] shape, int[] order)
    {
        int rank = shape.Length, length = shape.Aggregate(1, (p, n) => p * n);
        using var x = new Block(length);
        using var y = new Block(length);
        for (int i = 0; i < length; i++) x.Span[i] = i;
        Layout.Permute(x, shape, order, y);
        for (int i = 0; i < length; i++)
        {
            int rest = i, at = 0;
            for (int d = rank - 1; d >= 0; d--)
            {
                int axis = order[d], stride = 1;
                for (int e = axis + 1; e < rank; e++) stride *= shape[e];
                at += rest % shape[axis] * stride;
                rest /= shape[axis];
            }

            if (y[i] != at) Assert.Fail($"Element {i} of [{string.Join(", ", shape)}] permuted by [{string.Join(", ", order)}] is {y[i]}, expected {at}.");
        }
    }
}
