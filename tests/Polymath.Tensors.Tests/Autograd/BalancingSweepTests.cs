using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Sweeps that save work or memory give what the K x P rows give.</summary>
[Collection(QuietCollection.Name)]
public sealed class BalancingSweepTests
{
    [Theory]
    [InlineData(1, 3, 40)]
    [InlineData(2, 4, 40)]
    [InlineData(5, 3, 40)]
    [InlineData(2, 64, 8)]
    [InlineData(5, 64, 8)]
    public void Streamed_inner_products_equal_those_of_the_rows(int tasks, int batch, int width)
    {
        var net = new Network(tasks, batch, width);
        using var tape = new Tape();
        Tensor[] losses = net.Losses();
        var rows = new TaskGradients(tasks, net.Layout);
        tape.Backward(losses, rows);
        double[] expected = new double[tasks * tasks];
        rows.Gramian(expected);
        var streamed = new GradientGramian(tasks, net.Layout);
        tape.Backward(losses, streamed);
        for (int i = 0; i < expected.Length; i++)
        {
            double scale = Math.Sqrt(expected[i / tasks * (tasks + 1)] * expected[i % tasks * (tasks + 1)]);
            Assert.Equal(expected[i], streamed.Values[i], 1e-5 * scale);
        }

        AssertClose(rows.Own, streamed.Own);

        double[] weights = [.. Enumerable.Range(0, tasks).Select(k => 0.3 + (0.2 * k))];
        float[] combined = new float[net.Layout.SharedCount];
        rows.Combine(weights, combined);
        var sum = new TaskGradients(1, net.Layout);
        sum.Own.Fill(7f);
        tape.BackwardShared(losses, weights, sum);
        AssertClose(combined, sum.Row(0));
        Assert.All(sum.Own.ToArray(), value => Assert.Equal(7f, value));
    }

    [Fact]
    public void Cost_counts_a_layer_exactly_and_prefers_streaming_for_small_batches()
    {
        var random = new RandomStream(4);
        Tensor w = Tensor.Normal(random, new Shape(30, 50)).WithGradient();
        var layout = new ParameterLayout([w], []);
        foreach ((int batch, bool streams) in new[] { (4, true), (400, false) })
        {
            using var tape = new Tape();
            Tensor h = Fused.Linear(Tensor.Normal(random, new Shape(batch, 50)), w);
            Tensor[] losses = [.. Enumerable.Range(0, 6).Select(k => (h * (k + 1f)).Sum())];
            GradientCost cost = tape.Cost(losses, layout);
            Assert.Equal(6 * 30 * 50 * sizeof(float), cost.RowBytes);
            double layer = 6.0 * batch * 30 * 50;
            Assert.InRange(cost.Rows, layer, layer + (6 * 8 * 30 * batch));
            Assert.Equal(streams, cost.PrefersStreaming(long.MaxValue));
            Assert.True(cost.PrefersStreaming(cost.RowBytes - 1));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Representation_gradients_stop_at_what_single_tasks_read_and_continue_once(int tasks)
    {
        var net = new Network(tasks, 6, 9);
        using var tape = new Tape();
        Tensor[] losses = net.Losses();
        Tensor cotangents = tape.Gradients(losses, [net.Representation])[0];
        var at = new RepresentationGradients(tasks, net.Layout);
        tape.Backward(losses, at);
        Assert.Equal(6 * 9, at.Count);
        double[] gramian = new double[tasks * tasks];
        at.Gramian(gramian);
        for (int i = 0; i < tasks; i++)
        {
            for (int j = 0; j < tasks; j++)
            {
                double expected = 0;
                for (int p = 0; p < at.Count; p++) expected += (double)cotangents.Span[(i * at.Count) + p] * cotangents.Span[(j * at.Count) + p];
                Assert.Equal(expected, gramian[(i * tasks) + j], 1e-6 * Math.Max(1, Math.Abs(expected)));
            }
        }

        var rows = new TaskGradients(tasks, net.Layout);
        tape.Backward(losses, rows);
        AssertClose(rows.Own, at.Own);
        double[] weights = [.. Enumerable.Range(0, tasks).Select(k => 1.5 - (0.4 * k))];
        float[] combined = new float[net.Layout.SharedCount];
        rows.Combine(weights, combined);
        var sum = new TaskGradients(1, net.Layout);
        tape.Backward(at, weights, sum);
        AssertClose(combined, sum.Row(0));
    }

    [Fact]
    public void A_representation_at_two_depths_is_counted_once()
    {
        // h is read by task 0 alone and by g, which tasks 1 and 2 share: both are part of the representation.
        var random = new RandomStream(6);
        Tensor a = Tensor.Normal(random, new Shape(4, 3)).WithGradient(), b = Tensor.Normal(random, new Shape(5, 4)).WithGradient();
        var layout = new ParameterLayout([a, b], []);
        using var tape = new Tape();
        Tensor h = Fused.Linear(Tensor.Normal(random, new Shape(7, 3)), a, default, Activation.Sigmoid), g = Fused.Linear(h, b, default, Activation.Sigmoid);
        Tensor[] losses = [(h * h).Sum(), g.Sum(), (g * g).Sum()];
        var at = new RepresentationGradients(3, layout);
        tape.Backward(losses, at);
        Assert.Equal(7 * (4 + 5), at.Count);
        double[] weights = [0.5, 2, -1];
        var direct = new TaskGradients(1, layout);
        tape.Backward(losses, weights, direct);
        var once = new TaskGradients(1, layout);
        tape.Backward(at, weights, once);
        AssertClose(direct.Row(0), once.Row(0));
    }

    [Fact]
    public void Losses_that_share_nothing_have_no_representation()
    {
        Tensor a = Tensor.Ones(2).WithGradient(), b = Tensor.Ones(2).WithGradient();
        var at = new RepresentationGradients(2, new ParameterLayout([], [a, b]));
        using var tape = new Tape();
        Assert.Contains("share no value", Assert.Throws<TensorException>(() => tape.Backward([a.Sum(), b.Sum()], at)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sweeps_allocate_nothing_when_warm()
    {
        var net = new Network(3, 4, 40);
        var streamed = new GradientGramian(3, net.Layout);
        var at = new RepresentationGradients(3, net.Layout);
        var sum = new TaskGradients(1, net.Layout);
        double[] weights = [1, 2, 3], gramian = new double[9];
        using var tape = new Tape();
        long before = 0;
        var losses = new Tensor[3];
        for (int step = 0; step < 12; step++)
        {
            if (step == 8) before = GC.GetAllocatedBytesForCurrentThread();
            tape.Reset();
            net.Losses(losses);
            tape.Backward(losses, streamed);
            tape.BackwardShared(losses, weights, sum);
            tape.Backward(losses, at);
            at.Gramian(gramian);
            tape.Backward(at, weights, sum);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f * (1 + Math.Abs(expected[i])));
    }

    /// <summary>Two shared layers, the first used twice, and a head per task.</summary>
    private sealed class Network
    {
        private readonly Tensor _input, _first, _offset, _second;
        private readonly Tensor[] _heads;

        public Network(int tasks, int batch, int width)
        {
            var random = new RandomStream(3);
            Tensor Leaf(params int[] shape) => Tensor.Normal(random, new Shape(shape), 0f, 0.5f).WithGradient();
            (_input, _first, _offset, _second) = (Tensor.Normal(random, new Shape(batch, width)), Leaf(width, width), Leaf(width), Leaf(width, width));
            _heads = [.. Enumerable.Range(0, tasks).Select(_ => Leaf(1, width))];
            Layout = new ParameterLayout(tasks > 1 ? [_first, _offset, _second] : [_first, _offset, _second, .. _heads], tasks > 1 ? _heads : []);
        }

        public ParameterLayout Layout { get; }

        public Tensor Representation { get; private set; }

        public Tensor[] Losses()
        {
            var losses = new Tensor[_heads.Length];
            Losses(losses);
            return losses;
        }

        public void Losses(Tensor[] losses)
        {
            Tensor h = Fused.Linear(_input, _first, _offset, Activation.Sigmoid);
            h = Fused.Linear(h, _first, _offset, Activation.Relu);
            Representation = h = Fused.Linear(h, _second);
            for (int k = 0; k < losses.Length; k++)
            {
                Tensor z = Fused.Linear(h, _heads[k]);
                losses[k] = (z * z).Mean();
            }
        }
    }
}
