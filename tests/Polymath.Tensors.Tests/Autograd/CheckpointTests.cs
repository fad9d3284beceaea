using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Segments that are run again in the backward sweep give the same bits and keep less.</summary>
[Collection(QuietCollection.Name)]
public sealed class CheckpointTests
{
    private const int Width = 32;
    private const long Unit = Width * Width * sizeof(float), Number = 64 * sizeof(float);

    private readonly Tensor _x = Tensor.Normal(new RandomStream(1), new Shape(Width, Width));
    private readonly Tensor[] _weights = [.. Enumerable.Range(0, 12).Select(i => Tensor.Normal(new RandomStream(2).Derive((ulong)i), new Shape(Width, Width), deviation: 0.2f).WithGradient())];
    private readonly Tensor _scale = Tensor.Ones(Width).WithGradient(), _shift = Tensor.Zeros(Width).WithGradient();

    [Theory]
    [InlineData(1, false), InlineData(1, true), InlineData(2, false), InlineData(2, true), InlineData(5, false), InlineData(5, true)]
    public void Gradients_have_the_bits_of_a_run_without_segments(int tasks, bool release)
    {
        (float[] expected, ulong drawn) = Run(tasks, release: false, static (apply, x) => apply(x));
        (float[] actual, ulong drawnAgain) = Run(tasks, release, Tape.Checkpoint);
        Assert.Equal(expected, actual);
        Assert.Equal(drawn, drawnAgain);
        Assert.Contains(expected, value => value != 0f);
    }

    [Theory]
    [InlineData(1, 12 + 2)]       // all twelve layers, and the cotangents of the last one's output and input
    [InlineData(3, 4 + 2 + 2)]    // the results of four segments, and two more layers of the one that is run again
    [InlineData(4, 3 + 3 + 2)]
    [InlineData(12, 1 + 11 + 2)]  // one segment saves nothing: it is all needed again
    public void The_high_water_mark_is_that_of_the_inputs_and_one_segment(int every, int units)
    {
        using var tape = new Tape();
        var rows = new TaskGradients(1, new ParameterLayout(_weights, []));
        long before = BufferPool.BytesInUse;
        BufferPool.ResetHighWaterMark();
        Tensor h = _x;
        for (int s = 0; s < 12 && every > 1; s += every) h = Layers(s, every, h, Tape.Checkpoint);
        if (every == 1) h = Layers(0, 12, h, static (apply, x) => apply(x));
        tape.Backward([h.Sum()], rows, release: true);
        Assert.Equal(before + (units * Unit) + Number, BufferPool.HighWaterMark);
    }

    [Fact]
    public void Segments_may_lie_in_segments()
    {
        float[] expected = Gradient(static (apply, x) => apply(x));
        Assert.Equal(expected, Gradient(Tape.Checkpoint));

        float[] Gradient(Func<Func<Tensor, Tensor>, Tensor, Tensor> run)
        {
            var random = new RandomStream(8);
            using var tape = new Tape();
            Tensor h = run(t => run(u => Fused.Dropout(Layers(0, 2, u, run).Tanh(), 0.5f, random), Fused.Dropout(t, 0.5f, random) + t), _x);
            return tape.Gradient(h.Sum(), _weights[0]).ToArray();
        }
    }

    [Fact]
    public void Reach_sees_the_parameters_read_inside_a_segment()
    {
        using var tape = new Tape();
        Tensor trunk = Layers(0, 2, _x, Tape.Checkpoint), head = Layers(2, 2, trunk, Tape.Checkpoint);
        bool[,] reach = tape.Reach([head.Sum(), trunk.Sum()], _weights.AsSpan(0, 5));
        Assert.Equal(new[,] { { true, true, true, true, false }, { true, true, false, false, false } }, reach);
    }

    [Fact]
    public void A_segment_is_run_twice_and_knows_it()
    {
        List<bool> recomputing = [];
        using var tape = new Tape();
        Tensor y = Tape.Checkpoint(Segment, _x);
        tape.Gradient(y.Sum(), _weights[0]);
        Assert.Equal([false, true], recomputing);
        Assert.False(Tape.IsRecomputing);

        using (Tape.NoGradient()) Tape.Checkpoint(Segment, _x);
        Assert.Equal([false, true, false], recomputing);

        Tensor Segment(Tensor x)
        {
            recomputing.Add(Tape.IsRecomputing);
            return Fused.Linear(x, _weights[0]).Tanh();
        }
    }

    [Fact]
    public void Intermediate_gradients_pass_a_segment()
    {
        using var tape = new Tape();
        Tensor h = Fused.Linear(_x, _weights[0]).Tanh();
        Tensor[] plain = tape.Gradients([Layers(1, 3, h, static (apply, x) => apply(x)).Sum(), h.Sum()], [h]);
        Tensor y = Layers(1, 3, h, Tape.Checkpoint);
        Tensor[] through = tape.Gradients([y.Sum(), h.Sum()], [h, y]);
        Assert.Equal(plain[0].ToArray(), through[0].ToArray());
        Assert.Equal([.. Enumerable.Repeat(1f, Width * Width), .. new float[Width * Width]], through[1].ToArray());
    }

    [Fact]
    public void A_segment_may_return_what_it_was_given_or_a_constant()
    {
        Tensor w = Tensor.FromArray([2f, 3f], 2).WithGradient();
        using var tape = new Tape();
        Tensor product = w * 2f;
        Tensor same = Tape.Checkpoint(x => x, product), captured = Tape.Checkpoint(x => product, w * 1f), constant = Tape.Checkpoint(x => Tensor.Ones(2) * 5f, product);
        Assert.Equal([7f, 7f], tape.Gradient((same + captured + (w * constant * Tensor.FromArray([0.6f, 0.6f], 2))).Sum(), w).ToArray());
        Assert.False(constant.RequiresGradient);
    }

    [Fact]
    public void A_segment_that_does_not_repeat_itself_is_found_out()
    {
        var random = new RandomStream(5);
        var rows = new TaskGradients(1, new ParameterLayout([_weights[0]], []));
        using var tape = new Tape();
        Tensor y = Tape.Checkpoint(x => Fused.Linear(x, _weights[0]) * random.NextSingle(), _x);
        Assert.Contains("when it was run again", Assert.Throws<TensorException>(() => tape.Backward([y.Sum()], rows)).Message, StringComparison.Ordinal);
        Assert.False(Tape.IsRecomputing);
        Assert.True(Tape.IsRecording);
    }

    [Fact]
    public void A_value_from_inside_is_refused_outside()
    {
        Tensor inside = default;
        using var tape = new Tape();
        Tape.Checkpoint(x => (inside = Fused.Linear(x, _weights[0])).Tanh(), _x);
        Assert.Throws<TensorException>(() => inside.Span[0]);
    }

    [Fact]
    public void Second_derivatives_through_a_segment_are_refused()
    {
        using var tape = new Tape();
        Tensor y = Layers(0, 2, _x, Tape.Checkpoint);
        Assert.Contains("createGraph", Assert.Throws<TensorException>(() => tape.Gradient(y.Sum(), _weights[0], createGraph: true)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_warmed_up_step_with_segments_allocates_nothing_on_the_heap(bool release)
    {
        var random = new RandomStream(3);
        Func<Tensor, Tensor> lower = x => Fused.Dropout(Fused.Linear(x, _weights[0]).Tanh(), 0.2f, random), upper = x => Fused.Linear(x, _weights[1]) * x, both = x => Tape.Checkpoint(upper, lower(x));
        var rows = new TaskGradients(2, new ParameterLayout([_weights[0], _weights[1]], []));
        using var tape = new Tape();
        for (int i = 0; i < 30; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 10; i++) Step();
        }));

        void Step()
        {
            tape.Reset();
            Tensor h = Tape.Checkpoint(upper, Tape.Checkpoint(both, _x));
            tape.Backward([h.Sum(), (h * h).Mean()], rows, release);
        }
    }

    /// <summary>Linear layers from a number on, together as one segment.</summary>
    private Tensor Layers(int first, int count, Tensor input, Func<Func<Tensor, Tensor>, Tensor, Tensor> run) => run(
        x =>
        {
            for (int layer = first; layer < first + count; layer++) x = Fused.Linear(x, _weights[layer]);
            return x;
        },
        input);

    /// <summary>
    /// Segments with dropout, views, a value used inside and outside, a parameter in two segments, and a tower of each task that is a segment
    /// itself; two tasks or more share the last tower's weight.
    /// </summary>
    private (float[] Gradients, ulong Drawn) Run(int tasks, bool release, Func<Func<Tensor, Tensor>, Tensor, Tensor> run)
    {
        var random = new RandomStream(6);
        var rows = new TaskGradients(tasks, new ParameterLayout([.. _weights.AsSpan(0, 4), _scale, _shift], _weights.AsSpan(4, tasks).ToArray()));
        using var tape = new Tape();
        Tensor below = Fused.Linear(_x, _weights[0]).Tanh();
        Tensor h = run(
            x =>
            {
                Tensor z = Fused.LayerNorm(Fused.Linear(x, _weights[1]).Gelu() + x, _scale, _shift);
                return (Fused.Dropout(z, 0.3f, random) * below) + x.Transpose().Reshape(Width, Width);
            },
            below);
        h = Fused.Dropout(run(x => x + Fused.Linear(Fused.Linear(x, _weights[1], activation: Activation.Relu), _weights[2]), h), 0.1f, random) + below;
        var losses = new Tensor[tasks];
        for (int k = 0; k < tasks; k++)
        {
            int own = 4 + k;
            Tensor tower = run(x => Fused.Dropout(Fused.Linear(x, _weights[own]).Silu(), 0.2f, random), h);
            losses[k] = k < 2 ? run(x => Fused.Linear(x, _weights[3]).Softplus(), tower).Mean() : tower.Mean();
        }

        tape.Backward(losses, rows, release);
        return ([.. Enumerable.Range(0, tasks).SelectMany(k => rows.Row(k).ToArray()), .. rows.Own], random.Position);
    }
}
