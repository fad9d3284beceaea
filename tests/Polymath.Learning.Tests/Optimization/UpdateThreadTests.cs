using Polymath.Learning.Optimization;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

/// <summary>Blocks long enough to be shared out are updated to the same bits at any thread count.</summary>
[Collection(QuietCollection.Name)]
public sealed class UpdateThreadTests
{
    private const int Count = 100_003;

    public static TheoryData<string> Specifications => ["sgd", "sgd:momentum=0.9", "adam", "adamw", "adagrad"];

    [Theory]
    [MemberData(nameof(Specifications))]
    public void Steps_are_bit_identical_at_any_thread_count(string specification) => SameAtAnyThreadCount(() =>
    {
        float[] parameters = Draw(1);
        Optimizer optimizer = Optimizers.Create(specification);
        for (int step = 0; step < 3; step++) optimizer.Step(parameters, Draw((ulong)(step + 2)), gradientFactor: 0.7);
        return parameters;
    });

    [Fact]
    public void The_average_is_bit_identical_at_any_thread_count() => SameAtAnyThreadCount(() =>
    {
        var average = new ExponentialMovingAverage(0.9);
        for (ulong step = 1; step < 4; step++) average.Update(Draw(step));
        return [.. average.State.Single().Values];
    });

    [Fact]
    public void The_norm_is_bit_identical_at_any_thread_count_and_that_of_its_values()
    {
        float[] values = Draw(1);
        double expected = Math.Sqrt(values.Sum(value => (double)value * value));
        SameAtAnyThreadCount(() =>
        {
            double norm = GradientClipping.Norm(values);
            Assert.Equal(expected, norm, 1e-12 * expected);
            return [.. BitConverter.GetBytes(norm).Select(part => (float)part)];
        });
    }

    private static float[] Draw(ulong seed)
    {
        float[] values = new float[Count];
        new RandomStream(seed).FillNormal(values);
        return values;
    }

    private static void SameAtAnyThreadCount(Func<float[]> run)
    {
        int before = Workers.Count;
        try
        {
            Workers.Configure(1);
            float[] expected = run();
            for (int threads = 2; threads <= 3; threads++)
            {
                Workers.Configure(threads);
                Assert.Equal(expected, run());
            }
        }
        finally
        {
            Workers.Configure(before);
        }
    }
}
