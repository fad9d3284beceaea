using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;

namespace Polymath.Tests;

public sealed class StepObserverTests
{
    [Fact]
    public void Every_step_is_told_with_losses_weights_and_cosines()
    {
        var steps = new List<(long Step, float[] Losses, double[] Weights, double Self, double Cosine)>();
        var trainer = new Trainer(new ToyModel(ToyData.Tasks))
        {
            Balancer = new CAGrad(),
            Optimizer = new Adam(0.02),
            Options = new() { Epochs = 2, BatchSize = 16 },
            OnStep = (in StepRecord record) => steps.Add((record.Step, record.Losses.ToArray(), record.Weights.ToArray(), record.Cosine(0, 0), record.Cosine(0, 1))),
        };
        FitResult result = trainer.Run(ToyData.Make(64));

        Assert.Equal(Enumerable.Range(0, 8).Select(step => (long)step), steps.Select(step => step.Step));
        Assert.All(steps, step => Assert.Equal(1, step.Self, 1e-12));
        Assert.All(steps, step => Assert.InRange(step.Cosine, -1, 1));
        for (int task = 0; task < ToyData.Tasks.Count; task++)
        {
            Assert.Equal(result.History[0].Weights[task], steps.Take(4).Average(step => step.Weights[task]), 1e-12);
            Assert.Equal(result.History[1].TrainLoss[task], steps.Skip(4).Average(step => (double)step.Losses[task]), 1e-6);
        }
    }

    [Fact]
    public void A_rule_on_losses_has_cosines_only_where_they_were_looked_at()
    {
        var known = new List<bool>();
        var trainer = new Trainer(new ToyModel(ToyData.Tasks))
        {
            Options = new() { Epochs = 1, BatchSize = 8, ConflictSamples = 2 },
            OnStep = (in StepRecord record) => known.Add(!double.IsNaN(record.Cosine(0, 1))),
        };
        trainer.Run(ToyData.Make(64));
        Assert.Equal([true, false, false, false, true, false, false, false], known);
    }
}
