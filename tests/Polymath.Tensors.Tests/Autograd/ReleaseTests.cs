using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The last sweep gives every value back once nothing reads it any more.</summary>
[Collection(QuietCollection.Name)]
public sealed class ReleaseTests
{
    // A [32, 32] value and a single number take exactly these bytes of the pool.
    private const int Width = 32;
    private const long Unit = Width * Width * sizeof(float), Number = 64 * sizeof(float);

    private readonly Tensor _x = Tensor.Normal(new RandomStream(1), new Shape(Width, Width));
    private readonly Tensor[] _weights = [.. Enumerable.Range(0, 12).Select(i => Tensor.Normal(new RandomStream(2).Derive((ulong)i), new Shape(Width, Width), deviation: 0.1f).WithGradient())];

    /// <summary>A trunk of one layer below two towers of four: nine values of a unit, of which the trunk's cotangent has two rows.</summary>
    [Theory]
    [InlineData(false, 9 + 4)]  // at the bottom of the first tower swept: all, the trunk's two rows, the cotangents of the layer's output and input
    [InlineData(true, 9 + 2)]   // at its top; a layer further down there is one value less
    public void The_high_water_mark_falls_by_the_values_that_nothing_reads_any_more(bool release, int units)
    {
        using var tape = new Tape();
        var rows = new TaskGradients(2, new ParameterLayout(_weights, []));
        long before = BufferPool.BytesInUse;
        Tensor[] losses = Towers(depth: 4);
        Assert.Equal(before + (9 * Unit) + (2 * Number), BufferPool.BytesInUse);
        BufferPool.ResetHighWaterMark();
        tape.Backward(losses, rows, release);
        // Both losses and the seed of the one that has not been swept.
        Assert.Equal(before + (units * Unit) + (3 * Number), BufferPool.HighWaterMark);
    }

    [Theory]
    [InlineData(false, 9)]
    [InlineData(true, 0)]
    public void Only_the_losses_are_left_after_the_sweep(bool release, int units)
    {
        using var tape = new Tape();
        long before = BufferPool.BytesInUse;
        Tensor[] losses = Towers(depth: 4);
        float[] values = [losses[0].Item(), losses[1].Item()];
        tape.Backward(losses, [0.25, 0.5], new TaskGradients(1, new ParameterLayout(_weights, [])), release);
        Assert.Equal(before + (units * Unit) + (2 * Number), BufferPool.BytesInUse);
        Assert.Equal((values[0], values[1]), (losses[0].Item(), losses[1].Item()));
        tape.Reset();
        Assert.Equal(before, BufferPool.BytesInUse);
    }

    [Fact]
    public void A_released_value_is_refused()
    {
        using var tape = new Tape();
        Tensor h = Fused.Linear(_x, _weights[0]), flat = h.Reshape(-1), loss = flat.Sum();
        var rows = new TaskGradients(1, new ParameterLayout([_weights[0]], []));
        tape.Backward([loss], rows, release: true);
        Assert.All([h, flat], stale => Assert.Contains("after its tape was reset", Assert.Throws<TensorException>(() => stale.Item()).Message, StringComparison.Ordinal));
        Assert.False(loss.RequiresGradient);
        Assert.Contains("not recorded on this tape", Assert.Throws<TensorException>(() => tape.Backward([loss], rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tape_records_anew_after_the_record_is_over()
    {
        Tensor w = Tensor.FromArray([2f, 3f], 2).WithGradient();
        var rows = new TaskGradients(1, new ParameterLayout([w], []));
        using var tape = new Tape();
        Tensor first = (w * w).Sum();
        tape.Backward([first], rows, release: true);
        Assert.Equal(0, tape.Count);
        tape.Backward([(w * first).Sum()], rows, release: true);
        Assert.Equal([13f, 13f], rows.Row(0).ToArray());
        Assert.Equal(13f, first.Item());
    }

    [Fact]
    public void A_sweep_from_a_representation_keeps_its_start()
    {
        using var tape = new Tape();
        var rows = new TaskGradients(2, new ParameterLayout([_weights[0], _weights[1]], []));
        var expected = new TaskGradients(2, new ParameterLayout([_weights[0], _weights[1]], []));
        Tensor z = Fused.Linear(Fused.Linear(_x, _weights[0]), _weights[1]);
        Tensor cotangents = tape.Gradients([z.Sum(), (z * z).Sum()], [z])[0];
        float[] value = z.ToArray();
        tape.Backward(z, cotangents, expected);
        tape.Backward(z, cotangents, rows, release: true);
        for (int k = 0; k < 2; k++) Assert.Equal(expected.Row(k).ToArray(), rows.Row(k).ToArray());
        Assert.Equal(value, z.ToArray());
    }

    [Fact]
    public void A_recorded_sweep_may_be_released_with_the_rest()
    {
        Tensor x = Tensor.FromArray([0.5f, -1.5f], 2).WithGradient();
        var rows = new TaskGradients(1, new ParameterLayout([x], []));
        using var tape = new Tape();
        Tensor slope = tape.Gradient(x.Pow(3f).Sum(), x, createGraph: true);
        tape.Backward([slope.Sum()], rows, release: true);
        Assert.Equal([3f, -9f], rows.Row(0).ToArray());   // the derivative of 3 x^2
    }

    [Fact]
    public void A_failed_sweep_gives_everything_back()
    {
        using var tape = new Tape();
        long before = BufferPool.BytesInUse;
        var rows = new TaskGradients(1, new ParameterLayout(_weights, []));
        int calls = 0;
        Tensor h = Tape.Checkpoint(t => Fused.Linear(t, _weights[0]) * ++calls, _x), loss = Fused.Linear(h, _weights[1]).Sum();
        Assert.Throws<TensorException>(() => tape.Backward([loss], rows, release: true));
        tape.Reset();
        Assert.Equal(before, BufferPool.BytesInUse);
    }

    [Fact]
    public void A_warmed_up_step_that_releases_allocates_nothing_on_the_heap()
    {
        var rows = new TaskGradients(2, new ParameterLayout(_weights, []));
        using var tape = new Tape();
        for (int i = 0; i < 20; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 10; i++) Step();
        }));

        void Step()
        {
            tape.Reset();
            Tensor h = Fused.Linear(_x, _weights[0]).Tanh();
            tape.Backward([Fused.Linear(h, _weights[1]).Reshape(-1).Sum(), Fused.LayerNorm(h, _weights[2].Reshape(-1).Slice(0, 0, Width), _weights[3].Reshape(-1).Slice(0, 0, Width)).Mean()], rows, release: true);
        }
    }

    private Tensor[] Towers(int depth)
    {
        Tensor trunk = Fused.Linear(_x, _weights[0]);
        var losses = new Tensor[2];
        for (int k = 0, next = 1; k < 2; k++)
        {
            Tensor h = trunk;
            for (int layer = 0; layer < depth; layer++) h = Fused.Linear(h, _weights[next++]);
            losses[k] = h.Sum();
        }

        return losses;
    }
}
