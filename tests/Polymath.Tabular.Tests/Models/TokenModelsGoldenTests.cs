using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>MultiTab-Net and its single-task transformers against the official code: masks, outputs, losses and all gradients.</summary>
public sealed class TokenModelsGoldenTests
{
    private const string Family = "multitab";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "masks" }, MemberType = typeof(SharedFiles))]
    public void Masks_are_those_of_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected");
        for (int i = 0; i < inputs.GetArrayLength(); i++)
        {
            Tensor mask = TaskMasks.Create(inputs[i].GetProperty("seq").GetInt32(), inputs[i].GetProperty("task_tokens").GetInt32(), Mask(inputs[i].GetProperty("mode").GetString()));
            Assert.Equal(GoldenArray.From(expected[i]).Values, mask.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "mtt_" }, MemberType = typeof(SharedFiles))]
    public void MultiTabNet_agrees_with_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), config = inputs.GetProperty("config");
        GoldenTolerance outputs = GoldenTolerance.From(document.RootElement, "outputs"), gradients = GoldenTolerance.From(document.RootElement, "gradients");
        Dictionary<string, GoldenArray> state = GoldenArray.Map(inputs.GetProperty("state_dict")), labels = GoldenArray.Map(inputs.GetProperty("y"));
        TaskSet tasks = TokenFixture.Tasks(inputs, state);
        MultiTabNetOptions options = Options(config, state);
        var fixture = new TokenFixture(TokenFixture.Dimensions(inputs), options.MultiToken ? tasks.Count : 1, state, tasks);
        MultiTabNet model = GoldenModel.Load(new MultiTabNet(fixture.Schema, tasks, options), fixture.Translate(state));
        KeyValuePair<string, Parameter>[] parameters = [.. model.NamedParameters()];
        var rows = new TaskGradients(tasks.Count, new ParameterLayout(parameters.Select(entry => entry.Value.Value), []));

        model.Evaluate();
        using (var tape = new Tape())
        {
            Tensor[] answers = TinyProblem.Forward(model, fixture.Batch(GoldenArray.From(inputs.GetProperty("x"))));
            Tensor[] losses = [.. answers.Select((answer, t) => Loss(tasks[t], answer, labels[tasks[t].Name]))];
            for (int t = 0; t < tasks.Count; t++)
            {
                outputs.Check($"task {tasks[t].Name}", GoldenArray.From(expected.GetProperty("outputs").GetProperty(tasks[t].Name)).Values, answers[t].Span);
                outputs.Check($"loss of {tasks[t].Name}", expected.GetProperty("task_losses").GetProperty(tasks[t].Name).GetDouble(), losses[t].Item());
            }

            outputs.Check("total loss", expected.GetProperty("total_loss").GetDouble(), losses.Sum(loss => (double)loss.Item()));
            tape.Backward(losses, rows);
        }

        float[] summed = new float[rows.Count];
        rows.Combine([.. Enumerable.Repeat(1.0, tasks.Count)], summed);
        Dictionary<string, GoldenArray> wanted = fixture.Translate(GoldenArray.Map(expected.GetProperty("gradients")));
        Assert.Equal(parameters.Select(entry => entry.Key).Order(StringComparer.Ordinal), wanted.Keys.Order(StringComparer.Ordinal));
        int offset = 0;
        foreach ((string name, Parameter parameter) in parameters)
        {
            gradients.Check(name, wanted[name].Values, summed.AsSpan(offset, parameter.Shape.Length));
            offset += parameter.Shape.Length;
        }
    }

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "ftt", "saint" }, MemberType = typeof(SharedFiles))]
    public void Single_task_transformer_agrees_with_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), config = inputs.GetProperty("config"), tolerance = document.RootElement.GetProperty("tolerance");
        Dictionary<string, GoldenArray> state = GoldenArray.Map(inputs.GetProperty("state_dict"));
        int outputs = config.GetProperty("task_out_dim").GetInt32();
        var tasks = new TaskSet(outputs == 1 ? Target.Regression("task") : Target.MultiClass("task", outputs));
        var fixture = new TokenFixture(TokenFixture.Dimensions(inputs), taskTokens: 1, state, tasks, "networks.0.");
        TabularModel model = file.StartsWith("saint", StringComparison.Ordinal)
            ? new Saint(fixture.Schema, tasks, Sizes(new SaintOptions { RowGroup = 256 }, config, state))
            : new FtTransformer(fixture.Schema, tasks, Sizes(new FtTransformerOptions(), config, state));
        GoldenModel.Load(model, fixture.Translate(state));
        model.Evaluate();
        Tensor[] answers = TinyProblem.Forward(model, fixture.Batch(GoldenArray.From(inputs.GetProperty("x"))));
        new GoldenTolerance(tolerance.GetProperty("atol").GetDouble(), tolerance.GetProperty("rtol").GetDouble()).Check("output", GoldenArray.From(document.RootElement.GetProperty("expected").GetProperty("output")).Values, answers[0].Span);
    }

    internal static MultiTabNetOptions Options(JsonElement config, Dictionary<string, GoldenArray> state) => Sizes(new MultiTabNetOptions { RowGroup = 256 }, config, state) with
    {
        Mask = Mask(config.GetProperty("mask_mode_if").GetString()),
        Attention = config.GetProperty("att_type").GetString() == "row_col" ? AttentionKind.RowColumn : AttentionKind.Column,
        RowMode = config.GetProperty("rope").GetBoolean() ? RowMode.ValueOnly : RowMode.Attention,
        MultiToken = !config.TryGetProperty("multi_token", out JsonElement multi) || multi.GetBoolean(),
    };

    /// <summary>Mean loss of one task over its labels.</summary>
    internal static Tensor Loss(Target task, Tensor answer, GoldenArray labels) => task.Kind == TaskKind.MultiClass
        ? Fused.SoftmaxCrossEntropy(answer, Tensor.FromArray(labels.Values)).Mean()
        : MultiTabFixture.Loss(task, answer, labels);

    private static T Sizes<T>(T options, JsonElement config, Dictionary<string, GoldenArray> state)
        where T : TokenOptions => options with
        {
            Blocks = config.GetProperty("n_blocks").GetInt32(),
            EmbeddingWidth = config.GetProperty("embed_dim").GetInt32(),
            FeedForward = config.GetProperty("ff_hid_dim").GetInt32(),
            Heads = config.GetProperty("n_heads").GetInt32(),
            TowerHidden = TokenFixture.TowerHidden(state),
        };

    private static TaskMask Mask(string? mode) => mode switch
    {
        "none" or null => TaskMask.None,
        "TxT" => TaskMask.TaskToTask,
        "FxT" => TaskMask.FeatureToTask,
        "FxT_TxT" => TaskMask.Both,
        _ => throw new InvalidOperationException($"unknown mask '{mode}'"),
    };
}
