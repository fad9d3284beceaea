using System.Runtime.InteropServices;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Stacks whose hidden layers are computed again in the backward sweep train as those that keep them.</summary>
[Collection(QuietCollection.Name)]
public sealed class MlpCheckpointTests
{
    private const int Rows = 64, Width = 16, Layers = 6;
    private static readonly MlpOptions s_deep = new() { Hidden = [.. Enumerable.Repeat(Width, Layers)], BatchNorm = true, Dropout = 0.25f, Activation = Activation.Gelu, OutputSize = 3 };

    [Theory]
    [InlineData(1, 1), InlineData(2, 1), InlineData(4, 1), InlineData(6, 1), InlineData(9, 1), InlineData(1, 3), InlineData(2, 3)]
    public void Gradients_running_statistics_and_draws_have_the_same_bits(int every, int stacks)
    {
        float[] expected = Run(s_deep, stacks), actual = Run(s_deep with { Checkpoint = every }, stacks);
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
    }

    /// <summary>
    /// A layer holds its linear map, the normalised form of it, the activation and the dropped values, and in a smallest buffer each mean, deviation
    /// and where the mask was drawn: a segment of one layer keeps only the last of the four.
    /// </summary>
    [Fact]
    public void Only_the_last_value_of_every_segment_is_kept()
    {
        const long Unit = Rows * Width * sizeof(float), Statistics = 64 * sizeof(float);
        Assert.Equal(Layers * ((4 * Unit) + (3 * Statistics)), Held(s_deep with { OutputSize = null }));
        Assert.Equal(Layers * Unit, Held(s_deep with { OutputSize = null, Checkpoint = 1 }));
        Assert.Equal(2 * Unit, Held(s_deep with { OutputSize = null, Checkpoint = 3 }));
    }

    [Theory]
    [InlineData(1), InlineData(5)]
    public void A_warmed_up_step_allocates_nothing_on_the_heap(int stacks)
    {
        Mlp[] members = [.. Enumerable.Range(0, stacks).Select(_ => new Mlp(Width, s_deep with { Checkpoint = 2 }, new RandomStream(1)))];
        var bank = new MlpBank(members);
        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(Rows, Width));
        var gradients = new TaskGradients(1, new ParameterLayout(members.SelectMany(member => member.NamedParameters()).Select(entry => entry.Value.Value), []));
        using var tape = new Tape();
        for (int i = 0; i < 30; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 5; i++) Step();
        }));

        void Step()
        {
            tape.Reset();
            tape.Backward([bank.Forward(x).Sum()], gradients, release: true);
        }
    }

    [Fact]
    public void A_negative_number_of_layers_is_refused()
        => Assert.Contains("segments of -1 hidden layers", Assert.Throws<ArgumentOutOfRangeException>(() => new Mlp(2, new MlpOptions { Checkpoint = -1 }, new RandomStream(1))).Message, StringComparison.Ordinal);

    /// <summary>Two steps of two tasks: the gradients, the running statistics and the stream's position after them.</summary>
    private static float[] Run(MlpOptions options, int stacks)
    {
        var random = new RandomStream(1);
        Mlp[] members = [.. Enumerable.Range(0, stacks).Select(_ => new Mlp(Width, options, random))];
        var bank = new MlpBank(members);
        var draws = new RandomStream(9);
        foreach (Mlp member in members) member.SetRandom(draws);
        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(Rows, Width));
        var gradients = new TaskGradients(2, new ParameterLayout(members.SelectMany(member => member.NamedParameters()).Select(entry => entry.Value.Value), []));
        using var tape = new Tape();
        for (int step = 0; step < 2; step++)
        {
            tape.Reset();
            Tensor y = bank.Forward(x);
            tape.Backward([y.Sum(), (y * y).Mean()], gradients, release: step == 1);
        }

        IEnumerable<float> statistics = members.SelectMany(member => member.NamedBuffers()).SelectMany(buffer => buffer.Value.ToArray());
        return [.. gradients.Row(0), .. gradients.Row(1), .. statistics, draws.Position];
    }

    /// <summary>Bytes of the pool in use after the forward pass.</summary>
    private static long Held(MlpOptions options)
    {
        var mlp = new Mlp(Width, options, new RandomStream(1));
        Tensor x = Tensor.Normal(new RandomStream(2), new Shape(Rows, Width));
        long before = BufferPool.BytesInUse;
        using var tape = new Tape();
        mlp.Forward(x);
        return BufferPool.BytesInUse - before;
    }
}
