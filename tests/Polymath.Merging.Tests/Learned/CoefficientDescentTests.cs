using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class CoefficientDescentTests
{
    [Fact]
    public void A_step_allocates_nothing_so_the_frozen_weights_have_no_gradients_but_one_transient_copy()
    {
        var bench = new TinyBench(3, hidden: 600);
        using var space = new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.PerTensor);
        using var descent = new CoefficientDescent(space, new ClampMap(0f, 1f), new AdamW(1e-3), new Squares(bench), new float[space.Count]) { ClipNorm = 1 };
        for (int step = 0; step < 10; step++) descent.Step(step);
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int step = 0; step < 10; step++) descent.Step(step);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void A_step_with_nothing_to_learn_from_changes_nothing()
    {
        var bench = new TinyBench(1);
        using var space = new TaskVectorSpace(bench.Network, bench.Pool, CoefficientGranularity.Isotropic);
        using var descent = new CoefficientDescent(space, new CoefficientMap(), new AdamW(0.1), new Nothing(), [0.5f]);
        Assert.Null(descent.Step(0));
        Assert.Equal([0.5f], descent.Trained);
    }

    private sealed class Squares(TinyBench bench) : ICoefficientLoss
    {
        private readonly Tensor _x = Tensor.Normal(new RandomStream(1), new Shape(8, 5)).Keep();

        public int Count => 1;

        public int Record(int step, Span<Tensor> losses, Span<double> weights)
        {
            Tensor y = bench.Network.Forward(_x);
            losses[0] = (y * y).Mean();
            return 1;
        }

        public string Describe(int loss) => "squares";
    }

    private sealed class Nothing : ICoefficientLoss
    {
        public int Count => 1;

        public int Record(int step, Span<Tensor> losses, Span<double> weights) => 0;

        public string Describe(int loss) => "nothing";
    }
}
