using Polymath.Learning.Balancing;
using Polymath.Learning.Training;

namespace Polymath.Tests;

/// <summary>The memory of a step is measured while training and told in words.</summary>
[Collection(QuietCollection.Name)]
public sealed class StepMemoryTests
{
    private const int Width = 8;

    // A trunk of 4 inputs and 8 units is shared; the heads of 1 + 1 + 3 outputs belong to one task each.
    private const long Shared = (ToyData.Features * Width) + Width, Own = 5 * (Width + 1);

    [Theory]
    [InlineData("ew", 0, Shared + Own)]
    [InlineData("ew", 4, (4 * Shared) + (2 * Own))]
    [InlineData("pcgrad", 0, (4 * Shared) + (2 * Own))]
    [InlineData("mgda", 4, (4 * Shared) + (2 * Own))]
    public void Gradients_take_a_row_per_compared_task(string balancer, int looks, long floats)
    {
        StepMemory memory = Fit(balancer, looks, batchSize: 32).Memory!;
        Assert.Equal(sizeof(float) * floats, memory.GradientBytes);
        Assert.Equal(0, memory.AllocatedBytes);
    }

    [Fact]
    public void Larger_batches_take_more_pooled_memory_and_validation_does_not_count()
    {
        long small = Fit("ew", 0, batchSize: 32).Memory!.PooledBytes, large = Fit("ew", 0, batchSize: 320).Memory!.PooledBytes;
        Assert.InRange(small, 32 * (ToyData.Features + 3 + (2 * Width)) * sizeof(float), large / 4);
    }

    [Theory]
    [InlineData(3_200_000, 640_000, 0, "3.20 MB in pooled buffers, 640 kB of gradients, nothing left to the garbage collector")]
    [InlineData(999, 12_345, 5_000_000_000, "999 B in pooled buffers, 12.3 kB of gradients, 5.00 GB left to the garbage collector")]
    [InlineData(999_499, 999_500, 1000, "999 kB in pooled buffers, 1.00 MB of gradients, 1.00 kB left to the garbage collector")]
    public void Sizes_are_told_to_three_digits(long pooled, long gradients, long allocated, string expected)
        => Assert.Equal(expected, new StepMemory(pooled, gradients, allocated).ToString().Replace('\u00a0', ' '));

    private static FitResult Fit(string balancer, int looks, int batchSize)
    {
        var model = new ToyModel(ToyData.Tasks, width: Width);
        var options = new TrainerOptions { Epochs = 8, BatchSize = batchSize, ConflictSamples = looks };
        return new Trainer(model) { Balancer = Balancers.Create(balancer), Options = options }.Run(ToyData.Make(640), ToyData.Make(2000, seed: 4));
    }
}
