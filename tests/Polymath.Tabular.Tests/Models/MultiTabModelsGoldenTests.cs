using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Shared bottom, MMoE and PLE against the MultiTab repository: inference, gradients, training-mode outputs and running statistics.</summary>
public sealed class MultiTabModelsGoldenTests
{
    private const string Family = "recsys-base";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "mmoe_multitab", "ple_multitab", "sharedbottom_multitab" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected");
        GoldenTolerance outputs = GoldenTolerance.From(document.RootElement, "outputs"), gradients = GoldenTolerance.From(document.RootElement, "gradients");
        GoldenArray x = GoldenArray.From(inputs.GetProperty("x"));
        TaskSet tasks = MultiTabFixture.Tasks(inputs);
        TabularModel model = MultiTabFixture.Load(file, tasks, GoldenArray.Map(inputs.GetProperty("state_dict")), x.Shape[1]);
        Batch batch = MultiTabFixture.Batch(x);
        Dictionary<string, GoldenArray> labels = GoldenArray.Map(inputs.GetProperty("y"));
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        var rows = new TaskGradients(tasks.Count, new ParameterLayout(parameters.Select(entry => entry.Value.Value), []));

        model.Evaluate();
        using (var tape = new Tape())
        {
            Tensor[] logits = TinyProblem.Forward(model, batch);
            Compare("inference", expected.GetProperty("logits_eval"), logits);
            Tensor[] losses = [.. logits.Select((output, t) => MultiTabFixture.Loss(tasks[t], output, labels[tasks[t].Name]))];
            outputs.Check("loss", expected.GetProperty("loss_sum_bce_eval").GetDouble(), losses.Sum(loss => (double)loss.Item()));
            tape.Backward(losses, rows);
        }

        float[] summed = new float[rows.Count];
        rows.Combine([.. Enumerable.Repeat(1.0, tasks.Count)], summed);
        Dictionary<string, GoldenArray> wanted = MultiTabFixture.Names(tasks).Translate(GoldenArray.Map(expected.GetProperty("grads_eval")));
        Assert.Equal(parameters.Select(entry => entry.Key).Order(StringComparer.Ordinal), wanted.Keys.Order(StringComparer.Ordinal));
        int offset = 0;
        foreach ((string name, Parameter parameter) in parameters)
        {
            gradients.Check(name, wanted[name].Values, summed.AsSpan(offset, parameter.Shape.Length));
            offset += parameter.Shape.Length;
        }

        model.Train();
        Compare("training", expected.GetProperty("logits_train_bn_batch_stats"), TinyProblem.Forward(model, batch));
        Dictionary<string, Tensor> buffers = model.NamedBuffers().ToDictionary(StringComparer.Ordinal);
        Dictionary<string, GoldenArray> statistics = MultiTabFixture.Names(tasks).Translate(GoldenArray.Map(expected.GetProperty("running_stats_after_one_train_forward")));
        Assert.Equal(buffers.Keys.Order(StringComparer.Ordinal), statistics.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, GoldenArray values) in statistics) outputs.Check(name, values.Values, buffers[name].Span);

        void Compare(string mode, JsonElement byTask, Tensor[] actual)
        {
            for (int t = 0; t < actual.Length; t++) outputs.Check($"{mode}, task {tasks[t].Name}", GoldenArray.From(byTask.GetProperty(tasks[t].Name)).Values, actual[t].Span);
        }
    }
}
