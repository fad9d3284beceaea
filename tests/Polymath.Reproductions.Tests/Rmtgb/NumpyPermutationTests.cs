using Polymath.Reproductions.Rmtgb;

namespace Polymath.Tests;

/// <summary>Against numpy 1.24: <c>RandomState(seed).permutation(n)</c>, and scikit-learn's <c>train_test_split</c>.</summary>
public sealed class NumpyPermutationTests
{
    [Theory]
    [InlineData(10, 42, new[] { 8, 1, 5, 0, 7, 2, 9, 4, 3, 6 })]
    [InlineData(10, 0, new[] { 2, 8, 4, 9, 1, 6, 7, 3, 0, 5 })]
    [InlineData(17, 7, new[] { 13, 11, 16, 8, 5, 2, 1, 0, 14, 10, 7, 12 })]
    [InlineData(1000, 42, new[] { 521, 737, 740, 660, 411, 678, 626, 513, 859, 136, 811, 76 })]
    public void An_order_begins_as_that_of_numpy(int count, uint seed, int[] first)
    {
        int[] order = NumpyPermutation.Of(count, seed);
        Assert.Equal(first, order[..first.Length]);
        Assert.Equal(Enumerable.Range(0, count), order.Order());
    }

    [Fact]
    public void A_split_is_that_of_scikit_learn()
    {
        (int[] train, int[] test) = NumpyPermutation.Split(13, 0.2, 42);
        Assert.Equal([8, 5, 2, 1, 12, 4, 7, 10, 3, 6], train);
        Assert.Equal([11, 9, 0], test);
    }
}
