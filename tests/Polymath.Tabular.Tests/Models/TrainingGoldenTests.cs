using System.Text.Json;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Six steps of Adam end to end: forward with batch statistics, gradients of all tasks, running statistics, L2 in the gradient.</summary>
public sealed class TrainingGoldenTests
{
    private const string Family = "recsys-base";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "train6_" }, MemberType = typeof(SharedFiles))]
    public void Six_steps_of_Adam_agree_with_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), settings = inputs.GetProperty("optimizer");
        Assert.Equal("adam", settings.GetProperty("name").GetString());
        double decay = settings.TryGetProperty("weight_decay", out JsonElement given) ? given.GetDouble() : 0;
        Optimizer optimizer = new Adam(settings.GetProperty("lr").GetDouble(), settings.GetProperty("betas")[0].GetDouble(), settings.GetProperty("betas")[1].GetDouble(), settings.GetProperty("eps").GetDouble(), decay);
        GoldenArray[] x = [.. inputs.GetProperty("batches_x").EnumerateArray().Select(GoldenArray.From)];
        Dictionary<string, GoldenArray>[] y = [.. inputs.GetProperty("batches_y").EnumerateArray().Select(GoldenArray.Map)];
        TaskSet tasks = MultiTabFixture.Tasks(inputs);
        Dictionary<string, GoldenArray> initial = GoldenArray.Map(inputs.GetProperty("initial_state_dict"));
        TabularModel model = MultiTabFixture.Load(file, tasks, initial, x[0].Shape[1]);

        GoldenTolerance losses = GoldenTolerance.From(document.RootElement, "losses");
        GoldenSteps.Run(model, optimizer, x.Length, step => [.. TinyProblem.Forward(model, MultiTabFixture.Batch(x[step])).Select((output, t) => MultiTabFixture.Loss(tasks[t], output, y[step][tasks[t].Name]))], (step, values) =>
        {
            for (int t = 0; t < values.Length; t++) losses.Check($"loss of {tasks[t].Name} at step {step}", expected.GetProperty("losses_per_step")[step].GetProperty(tasks[t].Name).GetDouble(), values[t]);
        });

        GoldenTolerance outputs = GoldenTolerance.From(document.RootElement, "outputs"), state = GoldenTolerance.From(document.RootElement, "state");
        model.Evaluate();
        Tensor[] answers = TinyProblem.Forward(model, MultiTabFixture.Batch(x[0]));
        for (int t = 0; t < tasks.Count; t++) outputs.Check($"task {tasks[t].Name}", GoldenArray.From(expected.GetProperty("final_eval_outputs_on_batch0").GetProperty(tasks[t].Name)).Values, answers[t].Span);
        TorchNames names = MultiTabFixture.Names(tasks);
        Dictionary<string, GoldenArray> start = names.Translate(initial), end = names.Translate(GoldenArray.Map(expected.GetProperty("final_state_dict")));
        Dictionary<string, Tensor> final = GoldenModel.State(model);
        Assert.Equal(end.Keys.Order(StringComparer.Ordinal), final.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, GoldenArray wanted) in end)
        {
            string bias = name.Replace(".norm.running_mean", ".linear.bias", StringComparison.Ordinal);
            bool beforeNorm = bias.EndsWith(".linear.bias", StringComparison.Ordinal) && end.ContainsKey(bias.Replace(".linear.bias", ".norm.bias", StringComparison.Ordinal));
            for (int i = 0; i < wanted.Values.Length; i++)
            {
                // The true gradient of a bias before batch norm is 0: where L2 does not stand above rounding, Adam steps in the direction of noise,
                // a learning rate at a time, and the running mean follows it.
                const double Rounding = 1e-6;
                bool noise = beforeNorm && decay * Math.Abs(start[bias].Values[i]) < Rounding;
                if (noise && name == bias) continue;
                double drift = noise ? 2 * optimizer.LearningRate * x.Length : 0;
                (state with { Absolute = state.Absolute + drift }).Check($"{name}[{i}]", wanted.Values[i], final[name].Span[i]);
            }
        }
    }
}
