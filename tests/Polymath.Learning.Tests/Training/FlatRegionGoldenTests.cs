using System.Text.Json;
using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Three complete steps of the official code of flat-region training: the gradients of every step, and where they lead.</summary>
public sealed class FlatRegionGoldenTests
{
    public static TheoryData<string> Files => SharedFiles.GoldenRows("flat-mtl");

    [Theory]
    [MemberData(nameof(Files))]
    public void Three_steps_follow_the_official_code(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("flat-mtl", file)));
        JsonElement root = document.RootElement, inputs = root.GetProperty("inputs"), hyper = inputs.GetProperty("hyper"), expected = root.GetProperty("expected");
        JsonElement[] batches = [.. inputs.GetProperty("batches").EnumerateArray()], steps = [.. expected.GetProperty("step_grads").EnumerateArray()];
        double tolerance = root.GetProperty("tolerance").GetProperty("rel_to_max_abs").GetDouble();
        Assert.Equal("SGD", hyper.GetProperty("optimizer").GetString());
        Assert.Equal(batches.Length, steps.Length);

        var model = new FlatNet(inputs.GetProperty("init"), batches[0].EnumerateObject().Count() - 1);
        (Balancer balancer, Balancer flat, FlatSplit split) = Rule(hyper);
        var regions = new FlatRegions { Rho = hyper.GetProperty("rho").GetDouble(), Adaptive = hyper.GetProperty("adaptive").GetBoolean(), Split = split, FlatBalancer = flat };
        var trainer = new Trainer(model) { Balancer = balancer, FlatRegions = regions, Optimizer = new Sgd(hyper.GetProperty("lr").GetDouble()) };
        ArrayDataset[] data = [.. batches.Select(batch => DataOf(batch, model))];
        trainer.Validate(data[0]);
        HashSet<string> shared;
        using (new Tape()) shared = TrainingStep.FindShared(model, data[0].Gather([0, 1]));
        Assert.All(shared, name => Assert.StartsWith("encoder", name, StringComparison.Ordinal));
        var block = new ParameterBlock(model, shared, learnable: 0);
        trainer.Optimizer.Prepare(block.Values.Length);
        using var step = TrainingStep.For(trainer, block, [.. model.Tasks.Select(LossFunctions.For)]);
        for (int t = 0; t < steps.Length; t++)
        {
            var order = new BatchOrder(data[t].Rows, new() { BatchSize = data[t].Rows }, new RandomStream(1));
            order.Begin(0);
            Assert.True(step.Run(new StepContext { Data = data[t], Order = order, Index = 0, Epoch = 0, Step = t, LearningRate = 1, Random = new RandomStream(2) }));
            JsonElement[] answers = [.. steps[t].GetProperty("shared").EnumerateArray(), .. steps[t].GetProperty("heads").EnumerateArray()];
            Assert.Equal(block.Places.Count, answers.Length);
            for (int p = 0; p < answers.Length; p++)
            {
                (string name, Parameter parameter, int offset) = block.Places[p];
                Compare($"{file}, step {t}, gradient of {name}", answers[p], step.Gradient.Slice(offset, parameter.Shape.Length), tolerance);
            }

            trainer.Optimizer.Step(block.Values, step.Gradient);
        }

        foreach ((string name, Parameter parameter, _) in block.Places) Compare($"{file}, final {name}", expected.GetProperty("final").GetProperty(name), parameter.Value.Span, tolerance);
    }

    private static void Compare(string what, JsonElement answer, ReadOnlySpan<float> found, double tolerance)
    {
        float[] expected = FlatNet.Flatten(answer);
        Assert.Equal(expected.Length, found.Length);
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * scale, $"{what}[{i}]: found {found[i]:R}, expected {expected[i]:R}, off by {Math.Abs(expected[i] - found[i]) / scale:E2} of the largest, allowed {tolerance:E2}");
        }
    }

    private static ArrayDataset DataOf(JsonElement batch, FlatNet model)
    {
        float[][] labels = [.. Enumerable.Range(1, model.Tasks.Count).Select(k => FlatNet.Flatten(batch.GetProperty($"y{k}")))];
        float[] targets = [.. Enumerable.Range(0, labels[0].Length).SelectMany(row => labels.Select(task => task[row]))];
        return new ArrayDataset(FlatNet.Flatten(batch.GetProperty("x")), model.Inputs, [], 0, targets, labels.Length);
    }

    /// <summary>Two instances of the rule as the official code has it.</summary>
    private static (Balancer Loss, Balancer Flat, FlatSplit Split) Rule(JsonElement hyper)
    {
        string method = hyper.GetProperty("method").GetString()!;
        bool direct = method.StartsWith("a-", StringComparison.Ordinal);
        Func<Balancer> make = (direct ? method[2..] : method) switch
        {
            // The official weighting is the mean of the shared gradients, and leaves those of the heads as they are.
            "ew" => RowRule.Mean,
            "pcgrad" => () => Balancers.Create("pcgrad:eps=0"),
            "mgda" => () => Balancers.Create("mgda:solver=libmtl"),
            "cagrad" => () => new StoppingCAGrad(hyper.GetProperty("c").GetDouble()),
            "imtl" => () => Balancers.Create("imtl:loss_part=false"),
            string other => throw new InvalidOperationException($"no rule '{other}'"),
        };
        return (make(), make(), direct ? FlatSplit.Direct : FlatSplit.LossAndFlat);
    }
}
