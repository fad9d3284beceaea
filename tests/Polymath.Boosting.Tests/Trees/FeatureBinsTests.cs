using Polymath.Tensors;

namespace Polymath.Boosting.Tests;

/// <summary>Bins: where cuts lie, how rows are dealt to them, and that the fast way finds the same bin.</summary>
public sealed class FeatureBinsTests
{
    [Fact]
    public void Few_distinct_values_get_a_bin_each_with_cuts_midway()
    {
        FeatureBins bins = BinFinder.Numbers([1, 1, 2, 4, 4, 4], missing: false, most: 255);
        Assert.Equal([1.5f, 3f], bins.Cuts);
        Assert.Equal([0, 0, 1, 1, 2, 3], ((float[])[-9f, 1.5f, 1.6f, 3f, 100f, float.NaN]).Select(bins.BinOf));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(255)]
    public void Many_values_fill_bins_about_evenly_and_a_frequent_value_has_its_own(int most)
    {
        float[] values = new float[20_000];
        new RandomStream(3).FillNormal(values);
        values.AsSpan(0, 8000).Fill(0.5f);
        float[] sorted = [.. values.Order()];
        FeatureBins bins = BinFinder.Numbers(sorted, missing: false, most);
        Assert.InRange(bins.Count, most / 2, most);
        int[] counts = new int[bins.Count];
        foreach (float value in values) counts[bins.BinOf(value)]++;
        int frequent = bins.BinOf(0.5f);
        Assert.InRange(counts[frequent], 8000, 8000 + (12_000 / most * 3));
        Assert.All(counts.Where((_, bin) => bin != frequent), count => Assert.InRange(count, 1, 12_000 / most * 3));
    }

    [Fact]
    public void Filling_a_column_finds_the_bin_of_every_value()
    {
        var random = new RandomStream(11);
        foreach (Func<float> draw in (Func<float>[])[random.NextNormal, () => MathF.Exp(8 * random.NextNormal()), () => random.NextInt32(300), () => random.NextBernoulli(0.1f) ? float.NaN : random.NextSingle() * 1e30f])
        {
            float[] column = [.. Enumerable.Range(0, 5000).Select(_ => draw())], sorted = [.. column.Where(value => !float.IsNaN(value)).Order()];
            FeatureBins bins = BinFinder.Numbers(sorted, missing: sorted.Length < column.Length, most: 255);
            ulong[] words = new ulong[column.Length];
            bins.Fill(column, words, lane: 3);
            for (int row = 0; row < column.Length; row++)
            {
                int expected = float.IsNaN(column[row]) ? bins.Count : bins.Cuts.Count(cut => cut < column[row]);
                Assert.Equal(((ulong)expected << 24, expected), (words[row], bins.BinOf(column[row])));
            }
        }
    }

    [Fact]
    public void Too_many_categories_share_the_last_bin_except_the_frequent_ones()
    {
        int[] counts = [.. Enumerable.Range(0, 20).Select(id => id)];
        FeatureBins bins = BinFinder.Categories(counts, missing: true, most: 4);
        Assert.Equal([0, 1, 2, 3], ((float[])[19, 18, 17, 16]).Select(bins.BinOf));
        Assert.Equal((3, 4), (bins.BinOf(0), bins.BinOf(float.NaN)));
        byte[] goesLeft = [1, 0, 0, 1, 0];
        Assert.Equal((1UL << 19) | ((1UL << 17) - 1), bins.Ids(goesLeft)[0]);
    }
}
