using System.Text.Json;
using System.Text.RegularExpressions;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Four steps of AdamW on MultiTab-Net, end to end.</summary>
public sealed class TokenTrainingGoldenTests
{
    private const string Family = "multitab";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "train4_" }, MemberType = typeof(SharedFiles))]
    public void Four_steps_of_AdamW_agree_with_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement root = document.RootElement, inputs = root.GetProperty("inputs"), expected = root.GetProperty("expected"), settings = inputs.GetProperty("optimizer");
        Dictionary<string, GoldenArray> initial = GoldenArray.Map(inputs.GetProperty("initial_state_dict"));
        TaskSet tasks = TokenFixture.Tasks(inputs, initial);
        var fixture = new TokenFixture(Dimensions(initial, tasks.Count), tasks.Count, initial, tasks);
        MultiTabNet model = GoldenModel.Load(new MultiTabNet(fixture.Schema, tasks, Options(root, initial)), fixture.Translate(initial));
        Assert.Equal("adamw", settings.GetProperty("name").GetString());
        var optimizer = new AdamW(settings.GetProperty("lr").GetDouble(), settings.GetProperty("betas")[0].GetDouble(), settings.GetProperty("betas")[1].GetDouble(), settings.GetProperty("eps").GetDouble(), settings.GetProperty("weight_decay").GetDouble());
        Batch[] x = [.. inputs.GetProperty("batches_x").EnumerateArray().Select(batch => fixture.Batch(GoldenArray.From(batch)))];
        Dictionary<string, GoldenArray>[] y = [.. inputs.GetProperty("batches_y").EnumerateArray().Select(GoldenArray.Map)];

        GoldenTolerance losses = GoldenTolerance.From(root, "losses"), outputs = GoldenTolerance.From(root, "outputs"), state = GoldenTolerance.From(root, "state");
        GoldenSteps.Run(model, optimizer, x.Length, step => [.. TinyProblem.Forward(model, x[step]).Select((answer, t) => TokenModelsGoldenTests.Loss(tasks[t], answer, y[step][tasks[t].Name]))], (step, values) =>
        {
            for (int t = 0; t < values.Length; t++) losses.Check($"loss of {tasks[t].Name} at step {step}", expected.GetProperty("losses_per_step")[step].GetProperty(tasks[t].Name).GetDouble(), values[t]);
        });

        model.Evaluate();
        Tensor[] answers = TinyProblem.Forward(model, x[0]);
        for (int t = 0; t < tasks.Count; t++) outputs.Check($"task {tasks[t].Name}", GoldenArray.From(expected.GetProperty("final_eval_outputs_on_batch0").GetProperty(tasks[t].Name)).Values, answers[t].Span);
        Dictionary<string, GoldenArray> end = fixture.Translate(GoldenArray.Map(expected.GetProperty("final_state_dict")));
        Dictionary<string, Tensor> final = GoldenModel.State(model);
        Assert.Equal(end.Keys.Order(StringComparer.Ordinal), final.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, GoldenArray wanted) in end)
        {
            // The true gradient of the biases of keys is 0, and Adam steps in the direction of rounding errors.
            int part = wanted.Values.Length / 3;
            for (int i = 0; i < wanted.Values.Length; i++)
            {
                if (!name.EndsWith("in_proj_bias", StringComparison.Ordinal) || i / part != 1) state.Check($"{name}[{i}]", wanted.Values[i], final[name].Span[i]);
            }
        }
    }

    /// <summary>What the description says; the number of heads, which it does not, is that of all fixtures of the family.</summary>
    private static MultiTabNetOptions Options(JsonElement root, Dictionary<string, GoldenArray> state)
    {
        string description = root.GetProperty("description").GetString()!;
        var config = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Regex.Match(description, @"\{.*\}").Value)!;
        void Default(string key, int value) => config.TryAdd(key, JsonSerializer.SerializeToElement(value));
        Default("n_blocks", Enumerable.Range(0, 64).First(b => !state.Keys.Any(name => name.StartsWith($"transformer.blocks.{b}.", StringComparison.Ordinal))));
        Default("embed_dim", state["tok_emb.embedding_layers.0.weight"].Shape[0]);
        Default("ff_hid_dim", state["transformer.blocks.0.0.mlp.0.weight"].Shape[0]);
        Default("n_heads", 2);
        return TokenModelsGoldenTests.Options(JsonSerializer.SerializeToElement(config), state);
    }

    private static int[] Dimensions(Dictionary<string, GoldenArray> state, int taskTokens)
    {
        var dimensions = new List<int>();
        while (state.TryGetValue($"tok_emb.embedding_layers.{taskTokens + dimensions.Count}.weight", out GoldenArray? weight))
        {
            dimensions.Add(state.ContainsKey($"tok_emb.embedding_layers.{taskTokens + dimensions.Count}.bias") ? 1 : weight.Shape[0]);
        }

        return [.. dimensions];
    }
}
