using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Single steps of a trainer, without its optimiser.</summary>
internal sealed class FlatSteps : IDisposable
{
    private readonly Dataset _data;
    private readonly BatchOrder _order;
    private readonly RandomStream _dropout = new(6), _draws = new(7);

    public FlatSteps(MultiTaskModel model, Balancer balancer, FlatRegions? regions, Dataset data)
    {
        _data = data;
        _order = new BatchOrder(data.Rows, new() { BatchSize = data.Rows }, new RandomStream(3));
        _order.Begin(0);
        model.SetRandom(_dropout);
        HashSet<string> shared;
        using (new Tape()) shared = TrainingStep.FindShared(model, data.Gather([0, 1]));
        model.Train();
        balancer.Prepare(model.Tasks.Count);
        Block = new ParameterBlock(model, shared, balancer.Learnable.Length);
        Step = TrainingStep.For(new Trainer(model) { Balancer = balancer, FlatRegions = regions }, Block, [.. model.Tasks.Select(LossFunctions.For)]);
    }

    public ParameterBlock Block { get; }

    public TrainingStep Step { get; }

    /// <summary>The combined gradient of the whole data.</summary>
    public float[] Run(long step = 0)
    {
        _dropout.Position = (ulong)step << 32;
        _draws.Position = (ulong)step << 32;
        Assert.True(Step.Run(new StepContext { Data = _data, Order = _order, Index = 0, Epoch = 0, Step = step, LearningRate = 1e-3, Random = _draws }));
        return Step.Gradient.ToArray();
    }

    public void Dispose() => Step.Dispose();
}
