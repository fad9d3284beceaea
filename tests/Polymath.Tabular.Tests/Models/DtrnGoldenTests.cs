using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>DTRN below the embeddings against the rewrite of the specification: every output, every gradient.</summary>
public sealed class DtrnGoldenTests
{
    private const string Family = "dtrn";
    private static readonly string[] s_projections = ["q", "k", "v"];

    public static TheoryData<string> Files => SharedFiles.GoldenRows(Family, "dtrn_");

    [Theory]
    [MemberData(nameof(Files))]
    public void Outputs_and_gradients_agree(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), config = inputs.GetProperty("config");
        GoldenTolerance outputTolerance = GoldenTolerance.From(document.RootElement, "outputs"), gradientTolerance = GoldenTolerance.From(document.RootElement, "gradients");
        Dictionary<string, GoldenArray> parameters = GoldenArray.Map(inputs.GetProperty("parameters"));
        int tasks = config.GetProperty("tasks").GetInt32(), behaviours = config.GetProperty("behaviours").GetInt32(), fields = config.GetProperty("fields").GetInt32(), width = config.GetProperty("dim").GetInt32();
        Tensor[] lists = Tensors(inputs.GetProperty("sequences")), present = Tensors(inputs.GetProperty("masks"));
        GoldenArray labels = GoldenArray.From(inputs.GetProperty("y")), field = GoldenArray.From(inputs.GetProperty("fields"));
        Assert.Equal(behaviours, lists.Length);

        var options = new DtrnOptions
        {
            EmbeddingWidth = width,
            Heads = config.GetProperty("heads").GetInt32(),
            ConditionWidth = parameters["task"].Shape[1],
            HyperHidden = parameters["hyper.0.weight"].Shape[0],
            FeedForward = parameters["f1.weight"].Shape[0],
            RefineHidden = parameters["r1.0.weight"].Shape[0],
        };
        var random = new RandomStream(1);
        var bottom = new DtrnBottom(tasks, fields, [.. lists.Select(list => list.Shape[1])], config.GetProperty("item_index").GetInt32(), options, random);
        Mlp[] towers = [.. Enumerable.Range(0, tasks).Select(t => new Mlp(bottom.Outputs, new MlpOptions { Hidden = [parameters[$"tower.{t}.0.weight"].Shape[0]], OutputSize = parameters[$"tower.{t}.2.weight"].Shape[0] }, random))];
        Dictionary<string, GoldenArray> state = Ours(parameters, tasks, behaviours, static _ => { });
        GoldenModel.Load(bottom, Of(state, "bottom."));
        for (int t = 0; t < tasks; t++) GoldenModel.Load(towers[t], Of(state, $"towers.{t}."));

        KeyValuePair<string, Parameter>[] own = [.. bottom.NamedParameters().Select(entry => KeyValuePair.Create($"bottom.{entry.Key}", entry.Value)), .. towers.SelectMany((tower, t) => tower.NamedParameters().Select(entry => KeyValuePair.Create($"towers.{t}.{entry.Key}", entry.Value)))];

        using var tape = new Tape();
        Tensor[] outputs = new Tensor[tasks], losses = new Tensor[tasks];
        var trace = new DtrnTrace(tasks);
        bottom.Forward(Tensor.FromArray(field.Values, field.Shape), lists, present, outputs, trace);
        for (int t = 0; t < tasks; t++)
        {
            outputs[t] = towers[t].Forward(outputs[t]);
            losses[t] = Fused.BinaryCrossEntropy(outputs[t], Tensor.FromArray(labels.Values.AsSpan(t * labels.Shape[1], labels.Shape[1]), labels.Shape[1], 1)).Mean();
        }

        outputTolerance.Check("logits", GoldenArray.From(expected.GetProperty("logits")).Values, [.. outputs.SelectMany(output => output.ToArray())]);
        outputTolerance.Check("refine weights", GoldenArray.From(expected.GetProperty("refine_weights")).Values, [.. trace.RefineWeights.SelectMany(weights => weights.ToArray())]);
        float[] interests = [.. trace.Interests.SelectMany(task => Tensor.Stack([.. task], 1).ToArray())];
        outputTolerance.Check("interests", GoldenArray.From(expected.GetProperty("interests")).Values, interests);
        outputTolerance.Check("loss", expected.GetProperty("loss_sum_bce").GetDouble(), losses.Sum(loss => (double)loss.Item()));

        var gradients = new TaskGradients(tasks, new ParameterLayout(own.Select(entry => entry.Value.Value), []));
        tape.Backward(losses, gradients);
        Dictionary<string, GoldenArray> expectedGradients = Ours(GoldenArray.Map(expected.GetProperty("grads")), tasks, behaviours, values => Assert.All(values, value => Assert.Equal(0, value, 1e-9f)));
        Assert.Equal(expectedGradients.Keys.Order(StringComparer.Ordinal), own.Select(entry => entry.Key).Order(StringComparer.Ordinal));
        int offset = 0;
        foreach ((string name, Parameter parameter) in own)
        {
            float[] sum = new float[parameter.Shape.Length];
            for (int t = 0; t < tasks; t++)
            {
                for (int i = 0; i < sum.Length; i++) sum[i] += gradients.Row(t)[offset + i];
            }

            gradientTolerance.Check(name, expectedGradients[name].Values, sum);
            offset += sum.Length;
        }
    }

    /// <summary>The fixture's entries under our names: condition vectors one by one, query, key and value maps below each other.</summary>
    /// <param name="entries">The fixture's entries.</param>
    /// <param name="tasks">T.</param>
    /// <param name="behaviours">M.</param>
    /// <param name="keyBias">Told about the bias of the target attention's keys, which no output depends on and which we do not have.</param>
    private static Dictionary<string, GoldenArray> Ours(Dictionary<string, GoldenArray> entries, int tasks, int behaviours, Action<float[]> keyBias)
    {
        var names = new TorchNames()
            .Rule(@"hyper\.0\.(.*)", "bottom.hyper.hidden.$1")
            .Rule(@"hyper\.2\.(.*)", "bottom.hyper.output.$1")
            .Rule(@"o\.(.*)", "bottom.encoder.layers.0.attention.out_proj.$1")
            .Rule(@"f1\.(.*)", "bottom.encoder.layers.0.expand.$1")
            .Rule(@"f2\.(.*)", "bottom.encoder.layers.0.contract.$1")
            .Rule(@"tq\.(.*)", "bottom.interest.query.$1")
            .Rule(@"tk\.(.*)", "bottom.interest.key.$1")
            .Rule(@"tv\.(.*)", "bottom.interest.value.$1")
            .Rule(@"r1\.(\d+)\.(.*)", "bottom.refinement.$1.squeeze.$2")
            .Rule(@"r2\.(\d+)\.(.*)", "bottom.refinement.$1.excite.$2")
            .Rule(@"tower\.(\d+)\.0\.(.*)", "towers.$1.layers.0.linear.$2")
            .Rule(@"tower\.(\d+)\.2\.(.*)", "towers.$1.output.$2");
        var rest = new Dictionary<string, GoldenArray>(entries, StringComparer.Ordinal);
        var ours = new Dictionary<string, GoldenArray>(StringComparer.Ordinal);
        Rows("task", "bottom.tasks", tasks);
        Rows("beh", "bottom.behaviours", behaviours);
        foreach ((string kind, string name) in (ReadOnlySpan<(string, string)>)[("weight", "in_proj_weight"), ("bias", "in_proj_bias")])
        {
            GoldenArray[] parts = [.. s_projections.Select(projection => rest[$"{projection}.{kind}"])];
            ours[$"bottom.encoder.layers.0.attention.{name}"] = new GoldenArray([parts.Sum(part => part.Shape[0]), .. parts[0].Shape[1..]], [.. parts.SelectMany(part => part.Values)]);
            foreach (string projection in s_projections) rest.Remove($"{projection}.{kind}");
        }

        keyBias(rest["tk.bias"].Values);
        rest.Remove("tk.bias");
        foreach ((string name, GoldenArray array) in names.Translate(rest)) ours[name] = array;
        return ours;

        void Rows(string from, string to, int count)
        {
            GoldenArray table = rest[from];
            Assert.Equal(count, table.Shape[0]);
            for (int i = 0; i < count; i++) ours[$"{to}.{i}.weight"] = new GoldenArray([1, table.Shape[1]], table.Values[(i * table.Shape[1])..((i + 1) * table.Shape[1])]);
            rest.Remove(from);
        }
    }

    /// <summary>One tensor per behaviour; they may differ in length.</summary>
    private static Tensor[] Tensors(JsonElement list) => [.. list.EnumerateArray().Select(GoldenArray.From).Select(array => Tensor.FromArray(array.Values, array.Shape))];

    private static Dictionary<string, GoldenArray> Of(Dictionary<string, GoldenArray> state, string prefix)
        => state.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value, StringComparer.Ordinal);
}
