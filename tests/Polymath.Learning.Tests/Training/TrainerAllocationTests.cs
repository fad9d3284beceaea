using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Nothing that a step does, from gathering rows to the observer, leaves anything to the garbage collector.</summary>
[Collection(QuietCollection.Name)]
public sealed class TrainerAllocationTests
{
    private const int BatchSize = 16;

    [Theory]
    [MemberData(nameof(TrainerTests.AllBalancers), MemberType = typeof(TrainerTests))]
    public void A_warm_training_step_allocates_nothing(string name)
    {
        var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.2f);
        model.SetRandom(new RandomStream(2));
        Balancer balancer = Balancers.Create(name);
        balancer.Prepare(model.Tasks.Count);
        ArrayDataset data = ToyData.Make(BatchSize * 10, missing: 0.3);
        var block = new ParameterBlock(model, SharedOf(model, data), balancer.Learnable.Length);
        using var step = TrainingStep.For(new Trainer(model) { Balancer = balancer }, block, [.. model.Tasks.Select(LossFunctions.For)]);
        ConflictStatistics[] conflicts = [new(model.Tasks.Count)];
        RandomStream draws = new(5);
        var order = new BatchOrder(data.Rows, new() { BatchSize = BatchSize }, new RandomStream(3));
        order.Begin(0);
        for (int i = 0; i < 60; i++) Run(i);
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 60; i < 80; i++) Run(i);
        }));

        void Run(int i)
        {
            var context = new StepContext { Data = data, Order = order, Index = i % 10, Epoch = 0, Step = i, LearningRate = 1e-3, Random = draws, Conflicts = conflicts };
            Assert.True(step.Run(context));
            step.LookBack(context);
        }
    }

    [Theory]
    [MemberData(nameof(TrainerTests.AllBalancers), MemberType = typeof(TrainerTests))]
    public void Twice_as_many_steps_allocate_no_more_than_the_longer_list_of_rows(string name)
    {
        const int Rows = BatchSize * 40;
        long shorter = long.MaxValue, longer = long.MaxValue;
        for (int round = 0; round < 6; round++)
        {
            // The least of several: code that is compiled anew between two fits may allocate once, a step that allocates does in all.
            shorter = Math.Min(shorter, Fit(name, Rows));
            longer = Math.Min(longer, Fit(name, 2 * Rows));
        }

        Assert.InRange(longer - shorter, 0, Rows * sizeof(int));
    }

    private static long Fit(string balancer, int rows)
    {
        ArrayDataset data = ToyData.Make(rows, missing: 0.3);
        var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.2f);
        double seen = 0;
        var trainer = new Trainer(model)
        {
            Optimizer = new AdamW(),
            Balancer = Balancers.Create(balancer),
            Schedule = Schedules.Create("cosine"),
            Options = new() { Epochs = 1, BatchSize = BatchSize, ClipNorm = 0.5, AverageDecay = 0.9 },
            OnStep = (in StepRecord record) => seen += record.Losses[0] + record.Cosine(0, record.Active.Length - 1),
        };
        long before = GC.GetAllocatedBytesForCurrentThread();
        trainer.Run(data);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static HashSet<string> SharedOf(ToyModel model, ArrayDataset data)
    {
        using var tape = new Tape();
        return TrainingStep.FindShared(model, data.Gather([0, 1]));
    }
}
