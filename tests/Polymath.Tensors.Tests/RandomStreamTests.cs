using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class RandomStreamTests
{
    // Known-answer vectors of the Random123 distribution (kat_vectors, philox4x32-10).
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0a4093822UL, 0x85a308d3243f6a88UL, 0x0370734413198a2eUL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_match_the_published_known_answers(ulong key, ulong low, ulong high, uint a, uint b, uint c, uint d)
        => Assert.Equal((a, b, c, d), RandomStream.Block(key, low, high));

    [Fact]
    public void Setting_the_position_resumes_exactly()
    {
        var whole = new RandomStream(3).Derive("dropout");
        float[] expected = new float[101];
        whole.FillNormal(expected);

        var first = new RandomStream(3).Derive("dropout");
        float[] start = new float[40];
        first.FillNormal(start);
        RandomStream second = new RandomStream(3).Derive("dropout");
        second.Position = first.Position;
        float[] rest = new float[61];
        second.FillNormal(rest);
        Assert.Equal(expected, start.Concat(rest));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(17_179_869_180)]
    public void Filling_gives_what_drawing_one_by_one_gives(long position)
    {
        foreach (int length in new[] { 0, 1, 3, 17, 1030, 20_000 })
        {
            RandomStream filling = At(), drawing = At();
            float[] values = new float[length];
            filling.FillUniform(values, -0.3f, 1.7f);
            Assert.Equal(Draws(() => -0.3f + (drawing.NextSingle() * (1.7f - -0.3f))), values);
            filling.FillNormal(values, 0.5f, 2f);
            Assert.Equal(Draws(() => 0.5f + (2f * drawing.NextNormal())), values);
            Assert.Equal(drawing.Position, filling.Position);
            Assert.Equal(drawing.NextUInt64(), filling.NextUInt64());

            float[] dropped = Fused.Dropout(Tensor.Ones(length), 0.25f, filling).ToArray();
            Assert.Equal(Draws(() => drawing.NextSingle() < 0.25f ? 0f : 1f / 0.75f), dropped);
            Assert.Equal(drawing.Position, filling.Position);

            float[] Draws(Func<float> next)
            {
                float[] drawn = new float[length];
                for (int i = 0; i < length; i++) drawn[i] = next();
                return drawn;
            }
        }

        RandomStream At() => new(77) { Position = (ulong)position };
    }

    [Fact]
    public void Permutations_hold_every_index_once()
    {
        int[] order = new int[1000];
        new RandomStream(1).FillPermutation(order);
        Assert.Equal(Enumerable.Range(0, 1000), order.Order());
        Assert.NotEqual(Enumerable.Range(0, 1000), order);
    }

    [Fact]
    public void Draws_have_the_moments_of_their_distribution()
    {
        const int n = 200_000;
        var stream = new RandomStream(11);
        float[] x = new float[n];
        stream.FillNormal(x, 2f, 3f);
        Assert.Equal(2.0, x.Average(), 0.03);
        Assert.Equal(9.0, x.Select(v => (v - 2.0) * (v - 2.0)).Average(), 0.1);
        stream.FillUniform(x, -1f, 1f);
        Assert.Equal(0.0, x.Average(), 0.01);
        Assert.All(x, v => Assert.InRange(v, -1f, 1f));
        stream.FillBernoulli(x, 0.3f);
        Assert.Equal(0.3, x.Average(), 0.01);
        stream.FillGumbel(x);
        Assert.Equal(0.5772, x.Average(), 0.02);
    }

    [Fact]
    public void Derived_streams_differ_from_each_other_and_repeat()
    {
        var root = new RandomStream(5);
        Assert.Equal(root.Derive("a").NextUInt64(), root.Derive("a").NextUInt64());
        Assert.NotEqual(root.Derive("a").NextUInt64(), root.Derive("b").NextUInt64());
        Assert.NotEqual(root.Derive(1).NextUInt64(), root.Derive(2).NextUInt64());
    }
}
