using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(QuietCollection.Name)]
public sealed class TrainerEquivalenceTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.4)]
    public void Equal_weighting_is_the_sum_of_the_losses_written_by_hand(double missing)
    {
        const double Rate = 0.05;
        ArrayDataset data = ToyData.Make(30, missing: missing);
        ToyModel trained = new(ToyData.Tasks), byHand = new(ToyData.Tasks);
        new Trainer(trained) { Optimizer = new Sgd(Rate), Options = new() { Epochs = 2, BatchSize = 10, Seed = 5 } }.Run(data);

        Loss[] losses = [.. ToyData.Tasks.Select(LossFunctions.For)];
        var order = new BatchOrder(30, new() { BatchSize = 10 }, new RandomStream(5).Derive("order"));
        Parameter[] parameters = [.. byHand.NamedParameters().Select(entry => entry.Value)];
        for (int step = 0; step < 6; step++)
        {
            if (step % 3 == 0) order.Begin(step / 3);
            using var tape = new Tape();
            Batch batch = data.Gather(order[step % 3]);
            var outputs = new Tensor[3];
            byHand.Forward(batch, outputs);
            Tensor total = Tensor.Scalar(0f);
            for (int k = 0; k < 3; k++)
            {
                float[] labels = [.. Enumerable.Range(0, 10).Select(row => batch.Targets[row, k])];
                total += losses[k].Mean(outputs[k], labels, out _);
            }

            Tensor[] gradients = tape.Gradients([total], [.. parameters.Select(parameter => parameter.Value)]);
            for (int p = 0; p < parameters.Length; p++)
            {
                Span<float> values = parameters[p].Value.Span;
                for (int i = 0; i < values.Length; i++) values[i] -= (float)Rate * gradients[p].Span[i];
            }
        }

        float[] expected = ToyModel.Values(byHand), actual = ToyModel.Values(trained);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6f);
    }

    [Theory]
    [MemberData(nameof(TrainerTests.AllBalancers), MemberType = typeof(TrainerTests))]
    public void Looking_at_conflicts_never_changes_the_weights(string balancer)
    {
        float[] Train(int samples)
        {
            var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.2f);
            new Trainer(model) { Balancer = Balancers.Create(balancer), Options = new() { Epochs = 3, BatchSize = 8, ConflictSamples = samples } }.Run(ToyData.Make(60, missing: 0.3), ToyData.Make(20, seed: 8));
            return ToyModel.Values(model);
        }

        Assert.Equal(Train(0), Train(8));
    }

    [Theory]
    [MemberData(nameof(TrainerTests.AllBalancers), MemberType = typeof(TrainerTests))]
    public void The_same_seed_gives_the_same_bits_at_any_number_of_threads(string balancer)
    {
        (float[] Values, string[] Lines) Train(ulong seed)
        {
            var model = new ToyModel(ToyData.Tasks, features: 48, width: 160, batchNorm: true, dropout: 0.1f);
            FitResult result = new Trainer(model) { Balancer = Balancers.Create(balancer), Options = new() { Epochs = 2, BatchSize = 256, Seed = seed } }.Run(ToyData.Make(700, features: 48), ToyData.Make(100, seed: 8, features: 48));
            return (ToyModel.Values(model), ToyData.Lines(result, ToyData.Tasks));
        }

        int before = Workers.Count;
        try
        {
            Workers.Configure(1);
            (float[] values, string[] lines) = Train(seed: 1);
            foreach (int threads in (int[])[1, 2, 3])
            {
                Workers.Configure(threads);
                (float[] again, string[] sameLines) = Train(seed: 1);
                Assert.Equal(values, again);
                Assert.Equal(lines, sameLines);
            }

            Assert.NotEqual(values, Train(seed: 2).Values);
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Theory]
    [MemberData(nameof(TrainerTests.AllBalancers), MemberType = typeof(TrainerTests))]
    public void A_warm_training_step_allocates_nothing(string balancer)
    {
        const int Steps = 40;
        long[] allocated = new long[Steps];
        var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.2f);
        new Trainer(model)
        {
            Balancer = Balancers.Create(balancer),
            Options = new() { Epochs = 2, BatchSize = 16, ClipNorm = 1 },
            OnStep = (in StepRecord record) => allocated[record.Step] = GC.GetAllocatedBytesForCurrentThread(),
        }.Run(ToyData.Make(16 * 20, missing: 0.1));

        // Steps 24 to 38 lie within the second epoch; what an epoch begins with does not count.
        Assert.Equal(0, allocated[38] - allocated[24]);
    }
}
