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

        Train(model, optimizer, x, y, expected.GetProperty("losses_per_step"), GoldenTolerance.From(document.RootElement, "losses"));

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
            float[]? bias = BiasBeforeNorm(name, start);
            for (int i = 0; i < wanted.Values.Length; i++)
            {
                // The true gradient of a bias before batch norm is 0: where L2 does not stand above rounding, Adam steps in the direction
                // of noise, and the running mean, which contains the bias, goes along.
                const double Rounding = 1e-6;
                if (bias is not null && decay * Math.Abs(bias[i]) < Rounding) continue;
                state.Check($"{name}[{i}]", wanted.Values[i], final[name].Span[i]);
            }
        }
    }

    /// <summary>The initial bias that a bias or a running mean follows, when the layer has a batch norm after it.</summary>
    private static float[]? BiasBeforeNorm(string name, Dictionary<string, GoldenArray> start)
    {
        const string Bias = ".linear.bias", NormBias = ".norm.bias", Mean = ".norm.running_mean";
        if (name.EndsWith(Mean, StringComparison.Ordinal)) name = name.Replace(Mean, Bias, StringComparison.Ordinal);
        bool normed = name.EndsWith(Bias, StringComparison.Ordinal) && start.ContainsKey(name.Replace(Bias, NormBias, StringComparison.Ordinal));
        return normed && start.TryGetValue(name, out GoldenArray? bias) ? bias.Values : null;
    }

    private static void Train(TabularModel model, Optimizer optimizer, GoldenArray[] x, Dictionary<string, GoldenArray>[] y, JsonElement losses, GoldenTolerance tolerance)
    {
        Parameter[] parameters = [.. model.NamedParameters().Select(entry => entry.Value)];
        var layout = new ParameterLayout(parameters.Select(parameter => parameter.Value), []);
        var rows = new TaskGradients(model.Tasks.Count, layout);
        float[] block = new float[layout.Count], gradient = new float[layout.Count];
        double[] weights = [.. Enumerable.Repeat(1.0, model.Tasks.Count)];
        optimizer.Prepare(layout.Count);
        for (int step = 0; step < x.Length; step++)
        {
            using var tape = new Tape();
            Tensor[] outputs = TinyProblem.Forward(model, MultiTabFixture.Batch(x[step]));
            Tensor[] values = [.. outputs.Select((output, t) => MultiTabFixture.Loss(model.Tasks[t], output, y[step][model.Tasks[t].Name]))];
            for (int t = 0; t < values.Length; t++) tolerance.Check($"loss of {model.Tasks[t].Name} at step {step}", losses[step].GetProperty(model.Tasks[t].Name).GetDouble(), values[t].Item());
            tape.Backward(values, rows);
            rows.Combine(weights, gradient);
            Move(toBlock: true);
            optimizer.Step(block, gradient);
            Move(toBlock: false);
        }

        void Move(bool toBlock)
        {
            int offset = 0;
            foreach (Parameter parameter in parameters)
            {
                Span<float> part = block.AsSpan(offset, parameter.Shape.Length);
                if (toBlock) parameter.Value.Span.CopyTo(part);
                else part.CopyTo(parameter.Value.Span);
                offset += part.Length;
            }
        }
    }
}
