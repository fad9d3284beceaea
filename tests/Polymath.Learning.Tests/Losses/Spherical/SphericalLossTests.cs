using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Tests.Spherical;

public sealed class SphericalLossTests
{
    private const float NaN = float.NaN;

    [Fact]
    public void The_Z_loss_does_not_see_shift_and_scale()
        => Prop.ForAll<int, int, int>((seed, shift, scale) =>
        {
            (double[] o, int c, SphericalLoss loss) = Draw(seed);
            double alpha = Math.Pow(2, scale % 12), beta = shift % 50;
            double one = At(loss, o, c).Value, other = At(loss, [.. o.Select(x => (alpha * x) + beta)], c).Value;
            Assert.Equal(one, other, 1e-6 * (1 + Math.Abs(one)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_gradient_of_the_Z_loss_is_orthogonal_to_ones_and_to_the_outputs()
        => Prop.ForAll<int>(seed =>
        {
            (double[] o, int c, SphericalLoss loss) = Draw(seed);
            double[] g = Gradient(loss, o, c);
            double size = g.Sum(Math.Abs);
            Assert.Equal(0, g.Sum(), 1e-12 * (1 + size));
            Assert.Equal(0, g.Zip(o, (a, b) => a * b).Sum(), 1e-10 * (1 + size));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_Z_loss_is_bounded_whatever_the_outputs()
        => Prop.ForAll<int, int>((seed, power) =>
        {
            (double[] o, int c, SphericalLoss loss) = Draw(seed);
            o[c] *= Math.Pow(10, power % 8);
            double reach = Math.Sqrt(o.Length - 1) + 1e-9, a = loss.Form!.Value.A, b = loss.Form.Value.B;
            Assert.InRange(At(loss, o, c).Value, (Softplus(a * (b - reach)) / a) - 1e-9, (Softplus(a * (b + reach)) / a) + 1e-9);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("z")]
    [InlineData("mse")]
    [InlineData("taylor")]
    [InlineData("spherical")]
    public void Partial_derivatives_are_the_central_differences(string name)
    {
        SphericalLoss loss = name switch { "z" => SphericalLoss.Z(0.7, 2), "mse" => SphericalLoss.Mse, "taylor" => SphericalLoss.LogTaylorSoftmax, _ => SphericalLoss.LogSphericalSoftmax(0.2) };
        const double Step = 1e-6;
        (double target, double q, double s, int classes) = (0.8, 9.5, 2.5, 12);
        SphericalPartials at = loss.Evaluate(target, q, s, classes);
        Assert.Equal((loss.Evaluate(target + Step, q, s, classes).Value - loss.Evaluate(target - Step, q, s, classes).Value) / (2 * Step), at.Target, 1e-8);
        Assert.Equal((loss.Evaluate(target, q + Step, s, classes).Value - loss.Evaluate(target, q - Step, s, classes).Value) / (2 * Step), at.Squares, 1e-8);
        Assert.Equal((loss.Evaluate(target, q, s + Step, classes).Value - loss.Evaluate(target, q, s - Step, classes).Value) / (2 * Step), at.Sum, 1e-8);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(3.3f)]
    [InlineData(-12345.67f)]
    public void Equal_outputs_have_the_loss_of_the_mean_and_no_gradient(float value)
    {
        Tensor leaf = Tensor.Full(value, 1, 9).WithGradient();
        using var tape = new Tape();
        Tensor loss = SphericalLoss.ZLoss(leaf, Tensor.FromArray([4f], 1), a: 2f, b: 1f);
        Assert.Equal(Softplus(2) / 2, loss.Item(), 1e-6);
        Assert.All(tape.Gradient(loss, leaf).ToArray(), g => Assert.Equal(0f, g));
    }

    [Fact]
    public void Of_two_classes_the_Z_loss_has_no_gradient_and_is_refused()
    {
        SphericalPartials at = SphericalLoss.Z().Evaluate(3, 10, 2, 2);
        Assert.Equal(0, (2 * at.Squares * 3) + at.Sum + at.Target, 1e-12);
        Assert.Contains("found 2 classes, expected 3 or more", Assert.Throws<TensorException>(() => SphericalLoss.ZLoss(Tensor.Zeros(1, 2), Tensor.Zeros(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mean_far_from_zero_costs_no_digits()
    {
        float[] o = [1f, -2f, 0.5f, 3f, 0.25f];
        float[] near = FusedGradient(o), far = FusedGradient([.. o.Select(x => x + 4096f)]);
        for (int i = 0; i < o.Length; i++) Assert.Equal(near[i], far[i], 2e-6f);
        Assert.Equal(0f, far.Sum(), 1e-6f);

        static float[] FusedGradient(float[] values)
        {
            Tensor leaf = Tensor.FromArray(values, 1, values.Length).WithGradient();
            using var tape = new Tape();
            return tape.Gradient(SphericalLoss.ZLoss(leaf, Tensor.FromArray([3f], 1)), leaf).ToArray();
        }
    }

    [Fact]
    public void The_batch_is_reduced_over_observed_rows()
    {
        Tensor outputs = Tensor.FromArray([1f, 0f, 2f, 5f, 5f, 1f, 0f, 3f, 1f], 3, 3), labels = Tensor.FromArray([2f, NaN, 0f], 3);
        float[] rows = SphericalLoss.Mse.Of(outputs, labels, LossReduction.None).ToArray();
        Assert.Equal([2f, 0f, 11f], rows);
        Assert.Equal(13f, SphericalLoss.Mse.Of(outputs, labels, LossReduction.Sum).Item());
        Assert.Equal(6.5f, SphericalLoss.Mse.Of(outputs, labels).Item());
        Assert.Equal(0f, SphericalLoss.Mse.Of(outputs, Tensor.FromArray([NaN, NaN, NaN], 3)).Item());
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SphericalLoss.Z(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SphericalLoss.Z(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => SphericalLoss.Z(1, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => SphericalLoss.LogSphericalSoftmax(0));
        Assert.Contains("label 3 at position 0 is not a class in [0, 3)", Assert.Throws<TensorException>(() => SphericalLoss.Mse.Of(Tensor.Zeros(1, 3), Tensor.FromArray([3f], 1))).Message, StringComparison.Ordinal);
        Assert.Contains("with labels [2]", Assert.Throws<TensorException>(() => SphericalLoss.Mse.Of(Tensor.Zeros(1, 3), Tensor.Zeros(2))).Message, StringComparison.Ordinal);
        Assert.Contains("a custom loss has no tensor operation", Assert.Throws<TensorException>(() => SphericalLoss.Custom((_, _, _, _) => default).Of(Tensor.Zeros(1, 3), Tensor.Zeros(1))).Message, StringComparison.Ordinal);
    }

    private static (double[] Outputs, int Target, SphericalLoss Loss) Draw(int seed)
    {
        var random = new RandomStream((ulong)(uint)seed);
        double[] o = [.. Enumerable.Range(0, 3 + random.NextInt32(40)).Select(_ => random.NextNormalDouble())];
        return (o, random.NextInt32(o.Length), SphericalLoss.Z(0.05 + (4 * random.NextDouble()), (20 * random.NextDouble()) - 3));
    }

    private static SphericalPartials At(SphericalLoss loss, double[] o, int c) => loss.Evaluate(o[c], o.Sum(x => x * x), o.Sum(), o.Length);

    private static double[] Gradient(SphericalLoss loss, double[] o, int c)
    {
        SphericalPartials at = At(loss, o, c);
        return [.. o.Select((x, k) => (2 * at.Squares * x) + at.Sum + (k == c ? at.Target : 0))];
    }

    private static double Softplus(double u) => Math.Max(u, 0) + Math.Log(1 + Math.Exp(-Math.Abs(u)));
}
