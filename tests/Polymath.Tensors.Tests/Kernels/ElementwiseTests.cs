using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class ElementwiseTests
{
    public static TheoryData<int> Lengths => [0, 1, 3, 7, 8, 9, 31, 101, 16384, 40_009];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Arithmetic_matches_the_scalar_operators(int length)
    {
        var random = new RandomStream(1);
        using var x = new Block(length, random);
        using var y = new Block(length, random, 0.5f, 2f);
        using var z = new Block(length);
        Compare(z, (i) => x[i] + y[i], () => Elementwise.Add(x, y, z, length));
        Compare(z, (i) => x[i] - y[i], () => Elementwise.Subtract(x, y, z, length));
        Compare(z, (i) => x[i] * y[i], () => Elementwise.Multiply(x, y, z, length));
        Compare(z, (i) => x[i] / y[i], () => Elementwise.Divide(x, y, z, length));
        Compare(z, (i) => MathF.Max(x[i], y[i]), () => Elementwise.Max(x, y, z, length));
        Compare(z, (i) => MathF.Min(x[i], y[i]), () => Elementwise.Min(x, y, z, length));
        Compare(z, (i) => x[i] + 3f, () => Elementwise.Add(x, 3f, z, length));
        Compare(z, (i) => x[i] - 3f, () => Elementwise.Subtract(x, 3f, z, length));
        Compare(z, (i) => 3f - x[i], () => Elementwise.Subtract(3f, x, z, length));
        Compare(z, (i) => x[i] * 3f, () => Elementwise.Multiply(x, 3f, z, length));
        Compare(z, (i) => x[i] / 3f, () => Elementwise.Divide(x, 3f, z, length));
        Compare(z, (i) => 3f / y[i], () => Elementwise.Divide(3f, y, z, length));
        Compare(z, (i) => MathF.Max(x[i], 0.1f), () => Elementwise.Max(x, 0.1f, z, length));
        Compare(z, (i) => MathF.Min(x[i], 0.1f), () => Elementwise.Min(x, 0.1f, z, length));
        Compare(z, (i) => -x[i], () => Elementwise.Negate(x, z, length));
        Compare(z, (i) => MathF.Abs(x[i]), () => Elementwise.Abs(x, z, length));
        Compare(z, (i) => MathF.Sqrt(y[i]), () => Elementwise.Sqrt(y, z, length));
        Compare(z, (i) => MathF.Exp(x[i]), () => Elementwise.Exp(x, z, length), 1e-6);
        Compare(z, (i) => MathF.Log(y[i]), () => Elementwise.Log(y, z, length), 1e-6);
        Compare(z, (i) => MathF.Tanh(x[i]), () => Elementwise.Tanh(x, z, length), 1e-6);
        Compare(z, (i) => MathF.Max(x[i], 0f), () => Elementwise.Relu(x, z, length));
    }

    [Fact]
    public void Activations_match_double_precision_over_the_whole_range()
    {
        const int n = 20_001;
        using var x = new Block(n);
        using var y = new Block(n);
        for (int i = 0; i < n; i++) x.Span[i] = (i - 10_000) * 0.01f * (i % 2 == 0 ? 1f : 0.1f);
        Compare(y, i => Reference.Erf(x[i]), () => Elementwise.Erf(x, y, n), 2e-7);
        Compare(y, i => Reference.Gelu(x[i]), () => Elementwise.GeluExact(x, y, n), 2e-7, relative: 2e-7);
        Compare(y, i => Reference.GeluTanh(x[i]), () => Elementwise.GeluTanh(x, y, n), 3e-7, relative: 3e-7);
        Compare(y, i => x[i] / (1 + Math.Exp(-(double)x[i])), () => Elementwise.Silu(x, y, n), 1e-7, relative: 3e-7);
        Compare(y, i => Reference.Softplus(x[i]), () => Elementwise.Softplus(x, y, n), 1e-40, relative: 3e-7);
        Compare(y, i => 1 / (1 + Math.Exp(-(double)x[i])), () => Elementwise.Sigmoid(x, y, n), 1e-38, relative: 3e-7);
    }

    [Fact]
    public void Gelu_keeps_zero_infinity_and_nan_in_every_lane()
    {
        float[] values = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, 1e-30f, 100f, -100f, 7.75f, -7.75f];
        float[] expected = [float.NaN, float.PositiveInfinity, 0f, 0f, 0f, 5e-31f, 100f, 0f, 7.75f, 0f], slopes = [float.NaN, 1f, 0f, 0.5f, 0.5f, 0.5f, 1f, 0f, 1f, 0f];
        const int Length = 37;
        using var x = new Block(Length);
        using var y = new Block(Length);
        using var g = new Block(Length);
        g.Span.Fill(1f);
        for (int first = 0; first < values.Length; first++)
        {
            for (int i = 0; i < Length; i++) x.Span[i] = values[(first + i) % values.Length];
            Elementwise.GeluExact(x, y, Length);
            for (int i = 0; i < Length; i++) Assert.Equal(expected[(first + i) % values.Length], y[i], 1e-12f);
            Elementwise.GeluExactBackward(x, g, y, Length, Length);
            for (int i = 0; i < Length; i++) Assert.Equal(slopes[(first + i) % values.Length], y[i], 1e-7f);
        }
    }

    [Fact]
    public void Activation_derivatives_match_central_differences_for_stacked_cotangents()
    {
        const int period = 1201, tasks = 3, n = period * tasks;
        using var x = new Block(period);
        using var g = new Block(n, new RandomStream(3));
        using var dx = new Block(n);
        using var s = new Block(period);
        for (int i = 0; i < period; i++) x.Span[i] = (i - 600.5f) * 0.01f;
        Slope(v => Math.Max(v, 0), () => Elementwise.ReluBackward(x, g, dx, n, period));
        Slope(Reference.Erf, () => Elementwise.ErfBackward(x, g, dx, n, period));
        Slope(Reference.Gelu, () => Elementwise.GeluExactBackward(x, g, dx, n, period));
        Slope(Reference.GeluTanh, () => Elementwise.GeluTanhBackward(x, g, dx, n, period));
        Slope(v => v / (1 + Math.Exp(-v)), () => Elementwise.SiluBackward(x, g, dx, n, period));
        Slope(Reference.Softplus, () => Elementwise.SoftplusBackward(x, g, dx, n, period));
        Elementwise.Sigmoid(x, s, period);
        Slope(v => 1 / (1 + Math.Exp(-v)), () => Elementwise.SigmoidBackward(s, g, dx, n, period));
        Elementwise.Tanh(x, s, period);
        Slope(Math.Tanh, () => Elementwise.TanhBackward(s, g, dx, n, period));

        void Slope(Func<double, double> f, Action compute)
        {
            const double h = 1e-4;
            Compare(dx, i => g[i] * (f(x[i % period] + h) - f(x[i % period] - h)) / (2 * h), compute, 1e-6);
        }
    }

    [Fact]
    public void Exponentials_keep_their_limits()
    {
        const float inf = float.PositiveInfinity;
        using var x = new Block(-inf, -1000f, -104f, 0f, 88.7f, 1000f, inf, float.NaN);
        using var y = new Block(8);
        Elementwise.Sigmoid(x, y, 8);
        Assert.Equal([0f, 0f, 0f, 0.5f, 1f, 1f, 1f, float.NaN], y.Span.ToArray());
        Elementwise.Softplus(x, y, 8);
        Assert.Equal([0f, 0f, 0f, MathF.Log(2f), 88.7f, 1000f, inf, float.NaN], y.Span.ToArray());
        Elementwise.Erf(x, y, 8);
        Assert.Equal([-1f, -1f, -1f, 0f, 1f, 1f, 1f, float.NaN], y.Span.ToArray());
        Elementwise.Relu(x, y, 8);
        Assert.Equal([0f, 0f, 0f, 0f, 88.7f, 1000f, inf, float.NaN], y.Span.ToArray());
    }

    [Fact]
    public void Exp_keeps_its_limits_in_every_lane()
    {
        const float inf = float.PositiveInfinity, smallest = float.Epsilon;
        float[] inputs = [float.NaN, -inf, -1000f, -104f, MathF.Log(smallest), 0f, 1000f, inf], expected = [float.NaN, 0f, 0f, 0f, smallest, 1f, inf, inf];
        for (int shift = 0; shift < inputs.Length; shift++)
        {
            using var x = new Block([.. Enumerable.Range(0, 61).Select(i => inputs[(i + shift) % inputs.Length])]);
            using var y = new Block(x.Length);
            Elementwise.Exp(x, y, x.Length);
            Assert.Equal(Enumerable.Range(0, 61).Select(i => expected[(i + shift) % inputs.Length]), y.Span.ToArray());
        }
    }

    [Fact]
    public void A_value_gives_the_same_bits_at_every_position()
    {
        for (int length = 1; length < 70; length++)
        {
            using var x = new Block(length);
            using var y = new Block(length);
            x.Span.Fill(0.737f);
            Elementwise.GeluExact(x, y, length);
            Assert.Equal(-1, y.Span.IndexOfAnyExcept(y[0]));
            Elementwise.Exp(x, y, length);
            Assert.Equal(-1, y.Span.IndexOfAnyExcept(y[0]));
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_thread_count()
    {
        const int length = 100_003;
        using var x = new Block(length, new RandomStream(1), -3f, 3f);
        using var y = new Block(length);
        Block.SameBitsAtAnyThreadCount(y, () => Elementwise.Tanh(x, y, length));
        Block.SameBitsAtAnyThreadCount(y, () => Elementwise.GeluExactBackward(x, x, y, length, length));
    }

    private static void Compare(Block found, Func<int, double> expected, Action compute, double absolute = 0, double relative = 0)
    {
        compute();
        for (int i = 0; i < found.Length; i++)
        {
            double e = expected(i);
            if (!(Math.Abs(found[i] - e) <= absolute + (relative * Math.Abs(e)))) Assert.Fail($"Element {i} is {found[i]:R}, expected {e:R}.");
        }
    }
}
