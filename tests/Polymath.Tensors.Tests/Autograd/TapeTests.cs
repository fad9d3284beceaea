using Polymath.Tensors;

namespace Polymath.Tests;

[Collection(QuietCollection.Name)]
public sealed class TapeTests
{
    [Fact]
    public void One_sweep_gives_the_gradient_of_every_loss()
    {
        Tensor trunk = Leaf([1f, 2f, 3f, 4f], 2, 2), left = Leaf([1f, -1f], 1, 2), right = Leaf([0.5f, 2f], 1, 2);
        Tensor x = Tensor.FromArray([1f, 0f, 2f, -1f, 3f, 1f], 3, 2);
        var layout = new ParameterLayout([trunk], [left, right]);

        using var tape = new Tape();
        Tensor hidden = Fused.Linear(x, trunk).Tanh();
        Tensor first = Fused.Linear(hidden, left).Sum(), second = (Fused.Linear(hidden, right) * 2f).Sum();
        var gradients = new TaskGradients(2, layout);
        tape.Backward([first, second], gradients);

        Assert.Equal(Single(x, trunk, left, 1f), gradients.Row(0).ToArray());
        AssertClose(Single(x, trunk, right, 2f), gradients.Row(1));
        AssertClose([.. hidden.Sum(0).ToArray(), .. (hidden * 2f).Sum(0).ToArray()], gradients.Own);
    }

    [Fact]
    public void A_weighted_sweep_equals_the_weighted_rows()
    {
        Tensor w = Leaf([0.3f, -0.7f, 1.1f], 3);
        Tensor x = Tensor.FromArray([1f, 2f, 3f, 4f, 5f, 6f], 2, 3);
        var layout = new ParameterLayout([w], []);
        using var tape = new Tape();
        Tensor[] losses = [(x * w).Sigmoid().Sum(), (x * w).Pow(2f).Mean(), w.Exp().Sum()];
        var rows = new TaskGradients(3, layout);
        tape.Backward(losses, rows);
        var one = new TaskGradients(1, layout);
        double[] weights = [0.2, 0.5, 0.3];
        tape.Backward(losses, weights, one);
        float[] expected = new float[3];
        rows.Combine(weights, expected);
        AssertClose(expected, one.Row(0), 1e-5f);
    }

    [Fact]
    public void A_head_is_reached_by_its_own_task_only()
    {
        Tensor trunk = Leaf([1f], 1, 1), a = Leaf([2f], 1, 1), b = Leaf([3f], 1, 1);
        Tensor x = Tensor.Ones(4, 1);
        using var tape = new Tape();
        Tensor h = Fused.Linear(x, trunk);
        bool[,] reach = tape.Reach([Fused.Linear(h, a).Sum(), Fused.Linear(h, b).Sum()], [trunk, a, b]);
        Assert.Equal(new[,] { { true, true, false }, { true, false, true } }, reach);
    }

    [Fact]
    public void Second_derivatives_come_from_recording_the_first()
    {
        Tensor x = Leaf([0.5f, -1.5f], 2);
        using var tape = new Tape();
        Tensor first = tape.Gradient(x.Pow(3f).Sum(), x, createGraph: true);
        AssertClose([0.75f, 6.75f], first.Span, 1e-5f);
        AssertClose([3f, -9f], tape.Gradient(first.Sum(), x).Span, 1e-5f);
    }

    [Fact]
    public void Gradients_stop_at_an_intermediate_value_and_continue_from_it()
    {
        Tensor trunk = Leaf([0.5f, -0.25f, 0.75f, 1f], 2, 2);
        Tensor x = Tensor.FromArray([1f, 2f, -1f, 0.5f], 2, 2);
        var layout = new ParameterLayout([trunk], []);
        using var tape = new Tape();
        Tensor z = Fused.Linear(x, trunk).Tanh();
        Tensor[] losses = [z.Sum(), (z * z).Sum()];
        Tensor cotangents = tape.Gradients(losses, [z])[0];
        Assert.Equal(new Shape(2, 2, 2), cotangents.Shape);
        var through = new TaskGradients(2, layout);
        tape.Backward(z, cotangents, through);
        var direct = new TaskGradients(2, layout);
        tape.Backward(losses, direct);
        for (int k = 0; k < 2; k++) AssertClose(direct.Row(k), through.Row(k), 1e-6f);
    }

    [Fact]
    public void A_handle_from_before_a_reset_is_refused()
    {
        using var tape = new Tape();
        Tensor stale = Tensor.Ones(3) * 2f;
        Tensor kept = stale.Keep();
        tape.Reset();
        Tensor fresh = Tensor.Full(7f, 3) * 1.5f;
        Assert.Equal([2f, 2f, 2f], kept.ToArray());
        Assert.Contains("after its tape was reset", Assert.Throws<TensorException>(() => stale.Span[0]).Message, StringComparison.Ordinal);
        Assert.Equal(10.5f, fresh[0]);
    }

    [Fact]
    public void A_warmed_up_step_allocates_nothing_on_the_heap()
    {
        Tensor w1 = Leaf(Ramp(64), 8, 8), w2 = Leaf(Ramp(8), 1, 8), w3 = Leaf(Ramp(8), 1, 8);
        Tensor x = Tensor.FromArray(Ramp(128), 16, 8);
        var layout = new ParameterLayout([w1], [w2, w3]);
        var gradients = new TaskGradients(2, layout);
        using var tape = new Tape();
        for (int i = 0; i < 20; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 10; i++) Step();
        }));

        void Step()
        {
            tape.Reset();
            Tensor h = Fused.Linear(x, w1).Relu();
            tape.Backward([Fused.Linear(h, w2).Softplus().Mean(), Fused.Linear(h, w3).Pow(2f).Mean()], gradients);
        }
    }

    [Fact]
    public void Memory_goes_back_to_the_pool_when_the_tape_is_disposed()
    {
        long before = BufferPool.BytesInUse;
        using (var tape = new Tape())
        {
            Tensor x = Leaf(Ramp(100), 10, 10);
            tape.Gradient(x.MatMul(x).Sum(), x);
            Assert.True(BufferPool.BytesInUse > before);
        }

        Assert.Equal(before, BufferPool.BytesInUse);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_read_on_an_inner_tape_goes_back_to_the_pool_with_its_own(bool resetsFirst)
    {
        long before = BufferPool.BytesInUse;
        using (var outer = new Tape())
        {
            Tensor x = Leaf(Ramp(100), 10, 10) * 2f;
            using var inner = new Tape();
            inner.Gradient((x * x).Sum(), x);
            if (resetsFirst) outer.Reset();
        }

        Assert.Equal(before, BufferPool.BytesInUse);
    }

    private static float[] Single(Tensor x, Tensor trunk, Tensor head, float scale)
    {
        using var tape = new Tape();
        return tape.Gradient((Fused.Linear(Fused.Linear(x, trunk).Tanh(), head) * scale).Sum(), trunk).ToArray();
    }

    private static Tensor Leaf(float[] values, params int[] shape) => Tensor.FromArray(values, shape).WithGradient();

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => (i % 7 * 0.1f) - 0.3f)];

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance = 1e-6f)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
