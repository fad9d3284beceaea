using Polymath.Learning;
using Polymath.Learning.Losses;
using Polymath.Tensors;

namespace Polymath.Tests;

[Collection(QuietCollection.Name)]
public sealed class AllocationTests
{
    /// <summary>All but the embedding, whose entry makes the ids anew.</summary>
    public static TheoryData<string> Modules => [.. ModuleTable.Entries.Keys.Where(name => name != "Embedding")];

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_warmed_up_step_of_a_module_allocates_nothing_on_the_heap(string name)
    {
        ModuleEntry entry = ModuleTable.Entries[name];
        Module module = ModuleTable.Make(entry, training: true);
        Tensor input = ModuleTable.Input(entry);
        var layout = new ParameterLayout([input, .. module.NamedParameters().Select(parameter => parameter.Value.Value)], []);
        var gradients = new TaskGradients(1, layout);
        using var tape = new Tape();
        Assert.Equal(0, Measure(() =>
        {
            tape.Reset();
            tape.Backward([entry.Forward(module, input).Sum()], gradients);
        }));
    }

    [Fact]
    public void A_warmed_up_loss_allocates_nothing_on_the_heap()
    {
        Loss[] losses = [new BceWithLogits(2f, 0.1f), new MeanSquaredError(), new MeanAbsoluteError(), new Huber(), new Poisson(full: true), new Focal()];
        Loss[] wide = [new CrossEntropy([1f, 2f, 3f], 0.1f), new Focal()];
        Tensor narrowOutput = Tensor.Zeros(8, 1).WithGradient(), wideOutput = Tensor.Zeros(8, 3).WithGradient();
        var gradients = new TaskGradients(1, new ParameterLayout([narrowOutput, wideOutput], []));
        float[] labels = [0, 1, float.NaN, 1, 0, 1, 0, 1];
        using var tape = new Tape();
        Assert.Equal(0, Measure(() =>
        {
            tape.Reset();
            foreach (Loss loss in losses) tape.Backward([loss.Mean(narrowOutput, labels, out _)], gradients);
            foreach (Loss loss in wide) tape.Backward([loss.Mean(wideOutput, labels, out _)], gradients);
        }));
    }

    private static long Measure(Action step)
    {
        for (int i = 0; i < 20; i++) step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++) step();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
