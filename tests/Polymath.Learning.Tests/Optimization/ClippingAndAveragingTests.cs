using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class ClippingAndAveragingTests
{
    [Fact]
    public void Clipping_by_norm_keeps_the_direction_and_small_gradients()
    {
        Prop.ForAll(
            Gen.Choose(1, 60).ToArbitrary(),
            Gen.Choose(0, 10_000).ToArbitrary(),
            (count, seed) =>
            {
                float[] gradients = new float[count];
                new RandomStream((ulong)seed).FillNormal(gradients);
                float[] clipped = [.. gradients];
                double norm = Math.Sqrt(gradients.Sum(g => (double)g * g));
                Assert.Equal(norm, GradientClipping.ByNorm(clipped, 1.5), 1e-9 * norm);
                double scale = Math.Min(1, 1.5 / norm);
                for (int i = 0; i < count; i++) Assert.Equal(gradients[i] * scale, clipped[i], 1e-6);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_norm_beyond_single_precision_is_still_clipped()
    {
        float[] gradients = [1e30f, -1e30f];
        Assert.Equal(Math.Sqrt(2) * 1e30, GradientClipping.ByNorm(gradients, 1), 1e24);
        Assert.Equal(MathF.Sqrt(0.5f), gradients[0], 1e-6f);
        float[] broken = [float.PositiveInfinity, 1f];
        Assert.Equal(double.PositiveInfinity, GradientClipping.ByNorm(broken, 1));
        Assert.Equal(1f, broken[1]);
    }

    [Fact]
    public void A_factor_clips_as_clipping_in_place_does()
    {
        float[] gradients = [3f, 4f], clipped = [3f, 4f];
        GradientClipping.ByNorm(clipped, 2);
        float factor = (float)GradientClipping.Factor(GradientClipping.Norm(gradients), 2);
        Assert.Equal(clipped, gradients.Select(g => g * factor));
        Assert.Equal(1, GradientClipping.Factor(5, 5));
        Assert.Equal(1, GradientClipping.Factor(double.PositiveInfinity, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.Factor(1, 0));
    }

    [Fact]
    public void Clipping_by_value_limits_both_sides()
    {
        float[] gradients = [-3f, -0.5f, 0.2f, 7f, float.NaN];
        GradientClipping.ByValue(gradients, 1f);
        Assert.Equal([-1f, -0.5f, 0.2f, 1f, float.NaN], gradients);
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByValue(gradients, 0f));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByNorm(gradients, double.NaN));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_average_equals_its_recurrence(bool rampUp)
    {
        var average = new ExponentialMovingAverage(0.9, rampUp);
        float[] parameters = [1f, -2f];
        average.Update(parameters);
        double[] expected = [1, -2];
        for (int n = 1; n <= 20; n++)
        {
            for (int i = 0; i < 2; i++) parameters[i] += 0.3f * n;
            average.Update(parameters);
            double decay = rampUp ? Math.Min(0.9, (1.0 + n) / (10 + n)) : 0.9;
            for (int i = 0; i < 2; i++) expected[i] = (decay * expected[i]) + ((1 - decay) * parameters[i]);
        }

        average.Swap(parameters);
        for (int i = 0; i < 2; i++) Assert.Equal(expected[i], parameters[i], 1e-4);
    }

    [Fact]
    public void Swapping_twice_gives_the_weights_back()
    {
        var average = new ExponentialMovingAverage(0.5);
        float[] parameters = [1f];
        Assert.Throws<OptimizerException>(() => average.Swap(parameters));
        average.Update(parameters);
        parameters[0] = 3f;
        average.Update(parameters);
        average.Swap(parameters);
        Assert.Equal(2f, parameters[0]);
        Assert.Throws<InvalidOperationException>(() => average.Update(parameters));
        average.Swap(parameters);
        Assert.Equal(3f, parameters[0]);
        Assert.Throws<OptimizerException>(() => average.Update(new float[2]));
    }

    [Fact]
    public void A_restored_average_goes_on_bit_for_bit()
    {
        var random = new RandomStream(4);
        ExponentialMovingAverage whole = new(0.97, rampUp: true), saved = new(0.97, rampUp: true), restored = new(0.97, rampUp: true);
        float[] parameters = new float[37];
        for (int step = 0; step < 10; step++)
        {
            random.FillNormal(parameters);
            whole.Update(parameters);
            if (step < 5) saved.Update(parameters);
            else restored.Update(parameters);
            if (step == 4) restored.Load(saved.Updates, saved.State.Single().Values);
        }

        Assert.Equal(whole.State.Single().Values, restored.State.Single().Values);
    }
}
