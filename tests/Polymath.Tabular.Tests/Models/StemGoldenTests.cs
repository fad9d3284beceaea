using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>STEM: the layer against the authors' code, with every task's gradient by itself, and the model against the MultiTab repository.</summary>
public sealed class StemGoldenTests
{
    private const string Family = "recsys-base";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "stem_layer_official" }, MemberType = typeof(SharedFiles))]
    public void Layer_and_gradients_of_each_task_agree_with_the_authors_code(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), config = inputs.GetProperty("config");
        GoldenTolerance tolerance = GoldenTolerance.From(document.RootElement, "outputs"), gradients = GoldenTolerance.From(document.RootElement, "gradients");
        GoldenArray x = GoldenArray.From(inputs.GetProperty("x")), c = GoldenArray.From(inputs.GetProperty("c"));
        int tasks = config.GetProperty("num_tasks").GetInt32(), streams = tasks + 1, rows = x.Shape[1];
        int[] gateHidden = Widths("gate_hidden_units");

        // A gate's last map is its output; no layer normalises.
        const int Stride = 2;
        TorchNames names = new TorchNames()
            .Rule(@"shared_experts\.(.*)", "shared.$1")
            .Rule(@"specific_experts\.(.*)", "specific.$1")
            .Rule($@"gate\.{tasks}\.layers\.{gateHidden.Length}\.(.*)", "shared_gate.$1")
            .Rule($@"gate\.{tasks}\.(.*)", "shared_gate.hidden.$1")
            .Rule($@"gate\.(\d+)\.layers\.{gateHidden.Length}\.(.*)", "gates.$1.$2")
            .Rule(@"gate\.(\d+)\.(.*)", "gates.$1.hidden.$2");
        var layer = new StemLayer(x.Shape[2], new CgcLayerOptions
        {
            SpecificExperts = [.. Enumerable.Repeat(config.GetProperty("num_specific_experts").GetInt32(), tasks)],
            SharedExperts = config.GetProperty("num_shared_experts").GetInt32(),
            Expert = new MlpOptions { Hidden = Widths("expert_hidden_units") },
            Gate = new GateOptions { Hidden = gateHidden },
        }, new RandomStream(1));
        GoldenModel.Load(layer, names.Translate(TorchNames.Unroll(GoldenArray.Map(inputs.GetProperty("state_dict")), Stride)));

        KeyValuePair<string, Parameter>[] parameters = [.. layer.NamedParameters()];
        var jacobian = new TaskGradients(tasks, new ParameterLayout(parameters.Select(entry => entry.Value.Value), []));
        using var tape = new Tape();
        Tensor all = Tensor.FromArray(x.Values, x.Shape), scales = Tensor.FromArray(c.Values, c.Shape);
        var outputs = new Tensor[streams];
        layer.Forward([.. Enumerable.Range(0, streams).Select(stream => all.Select(0, stream))], outputs);
        tolerance.Check("outputs", GoldenArray.From(expected.GetProperty("outputs")).Values, [.. outputs.SelectMany(output => output.ToArray())]);
        Tensor[] losses = [.. Enumerable.Range(0, tasks).Select(t => (outputs[t] * scales.Select(0, t)).Sum())];
        tape.Backward(losses, jacobian);
        for (int t = 0; t < tasks; t++)
        {
            Dictionary<string, GoldenArray> wanted = names.Translate(TorchNames.Unroll(Present(expected.GetProperty("grads").GetProperty($"task{t}")), Stride));
            int offset = 0;
            foreach ((string name, Parameter parameter) in parameters)
            {
                ReadOnlySpan<float> actual = jacobian.Row(t).Slice(offset, parameter.Shape.Length);
                gradients.Check($"task {t}, {name}", wanted.TryGetValue(name, out GoldenArray? values) ? values.Values : new float[actual.Length], actual);
                if (name.StartsWith("specific.", StringComparison.Ordinal) && !name.StartsWith($"specific.{t}.", StringComparison.Ordinal)) Assert.All(actual.ToArray(), value => Assert.Equal(0f, value));
                offset += parameter.Shape.Length;
            }
        }

        int[] Widths(string key) => [.. config.GetProperty(key).EnumerateArray().Select(entry => entry.GetInt32())];
    }

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "stem_multitab" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_the_multitab_repository(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), config = inputs.GetProperty("config");
        GoldenTolerance outputs = GoldenTolerance.From(document.RootElement, "outputs"), gradients = GoldenTolerance.From(document.RootElement, "gradients");
        GoldenArray x = GoldenArray.From(inputs.GetProperty("x"));
        var tasks = new TaskSet(config.GetProperty("tasks").EnumerateArray().Select(task => Target.Binary(task.GetString()!)));
        int[] sizes = [.. config.GetProperty("feature_dims").EnumerateObject().OrderBy(entry => int.Parse(entry.Name)).Select(entry => entry.Value.GetInt32())];
        int width = config.GetProperty("embed_dim").GetInt32();

        // There, columns stay in their order; here, categories come first.
        int[] categories = [.. Enumerable.Range(0, sizes.Length).Where(i => sizes[i] > 1)], numbers = [.. Enumerable.Range(0, sizes.Length).Where(i => sizes[i] == 1)];
        var schema = new FeatureSchema([.. numbers.Select(i => $"n{i}")], [.. categories.Select(i => new CategoricalFeature($"c{i}", sizes[i]))]);
        Batch batch = BatchOf(x, categories, numbers);
        Dictionary<string, GoldenArray> labels = GoldenArray.Map(inputs.GetProperty("y"));
        Stem model = GoldenModel.Stem(Ours(inputs.GetProperty("state_dict")), schema, tasks);
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
        Dictionary<string, GoldenArray> wanted = Ours(expected.GetProperty("grads_eval"));
        int offset = 0;
        foreach ((string name, Parameter parameter) in parameters)
        {
            gradients.Check(name, wanted[name].Values, summed.AsSpan(offset, parameter.Shape.Length));
            offset += parameter.Shape.Length;
        }

        model.Train();
        Compare("training", expected.GetProperty("logits_train_bn_batch_stats"), TinyProblem.Forward(model, batch));
        Dictionary<string, Tensor> buffers = model.NamedBuffers().ToDictionary(StringComparer.Ordinal);
        foreach ((string name, GoldenArray values) in Ours(expected.GetProperty("running_stats_after_one_train_forward"))) outputs.Check(name, values.Values, buffers[name].Span);

        void Compare(string mode, JsonElement byTask, Tensor[] actual)
        {
            for (int t = 0; t < actual.Length; t++) outputs.Check($"{mode}, task {tasks[t].Name}", GoldenArray.From(byTask.GetProperty(tasks[t].Name)).Values, actual[t].Span);
        }

        Dictionary<string, GoldenArray> Ours(JsonElement element)
        {
            Dictionary<string, GoldenArray> theirs = GoldenArray.Map(element), ours = [];
            TorchNames names = Names(tasks);
            foreach ((string name, GoldenArray array) in theirs)
            {
                string[] parts = name.Split('.');
                if (parts[0] != "embeddings")
                {
                    if (names.Translate(name) is { } translated) ours.Add(translated, translated.StartsWith("levels.0.", StringComparison.Ordinal) && array.Shape.Length == 2 && array.Shape[1] == sizes.Length * width ? Reordered(array, categories, numbers, width) : array);
                    continue;
                }

                int column = int.Parse(parts[3]);
                if (sizes[column] > 1) ours.Add($"embeddings.{parts[1]}.fields.{Array.IndexOf(categories, column)}.weight", array);
            }

            foreach (string table in theirs.Keys.Where(name => name.StartsWith("embeddings.", StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Distinct())
            {
                foreach (string part in (string[])["weight", "bias"])
                {
                    ours.Add($"embeddings.{table}.numeric.{part}", new GoldenArray([numbers.Length, width], [.. numbers.SelectMany(column => theirs[$"embeddings.{table}.embedding_layers.{column}.{part}"].Values)]));
                }
            }

            return ours;
        }
    }

    private static TorchNames Names(TaskSet tasks)
    {
        const string Layer = @"mlp\.mlp\.(\d+)\.";
        var names = new TorchNames().Ignore(@".*\.num_batches_tracked")
            .Rule(@"layers\.(\d+)\.shared_gate\.fc\.(\w+)", "levels.$1.shared_gate.linear.$2")
            .Rule(@"layers\.(\d+)\.task_gates\.(\d+)\.fc\.(\w+)", "levels.$1.gates.$2.linear.$3")
            .Rule(@"layers\.(\d+)\.shared_experts\.(\d+)\." + Layer + @"0\.(\w+)", "levels.$1.shared.$2.layers.$3.linear.$4")
            .Rule(@"layers\.(\d+)\.shared_experts\.(\d+)\." + Layer + @"1\.(\w+)", "levels.$1.shared.$2.layers.$3.norm.$4")
            .Rule(@"layers\.(\d+)\.task_experts\.(\d+)\.(\d+)\." + Layer + @"0\.(\w+)", "levels.$1.specific.$2.$3.layers.$4.linear.$5")
            .Rule(@"layers\.(\d+)\.task_experts\.(\d+)\.(\d+)\." + Layer + @"1\.(\w+)", "levels.$1.specific.$2.$3.layers.$4.norm.$5");
        for (int t = 0; t < tasks.Count; t++)
        {
            names.Rule($@"towers\.{tasks[t].Name}\.tower\.0\.mlp\.(\d+)\.0\.(\w+)", $"towers.{t}.layers.$1.linear.$2")
                .Rule($@"towers\.{tasks[t].Name}\.tower\.0\.mlp\.(\d+)\.1\.(\w+)", $"towers.{t}.layers.$1.norm.$2")
                .Rule($@"towers\.{tasks[t].Name}\.tower\.1\.(\w+)", $"towers.{t}.output.$1");
        }

        return names;
    }

    /// <summary>Columns of a map of all fields, in our order of the fields.</summary>
    private static GoldenArray Reordered(GoldenArray map, int[] categories, int[] numbers, int width)
    {
        float[] values = new float[map.Values.Length];
        int columns = map.Shape[1];
        for (int row = 0; row < map.Shape[0]; row++)
        {
            int at = row * columns;
            foreach (int field in categories.Concat(numbers))
            {
                map.Values.AsSpan((row * columns) + (field * width), width).CopyTo(values.AsSpan(at));
                at += width;
            }
        }

        return new GoldenArray(map.Shape, values);
    }

    private static Batch BatchOf(GoldenArray x, int[] categories, int[] numbers)
    {
        int rows = x.Shape[0], columns = x.Shape[1];
        var ids = new IndexTensor([rows, categories.Length]);
        Tensor numeric = Tensor.Zeros(rows, numbers.Length);
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < categories.Length; i++) ids.Span[(row * categories.Length) + i] = (int)x.Values[(row * columns) + categories[i]];
            for (int i = 0; i < numbers.Length; i++) numeric.Span[(row * numbers.Length) + i] = x.Values[(row * columns) + numbers[i]];
        }

        return new Batch { Rows = rows, Numeric = numeric, Categories = ids, Targets = Tensor.Zeros(rows, 1) };
    }

    /// <summary>The entries that hold numbers: a parameter that a loss does not reach may be null.</summary>
    private static Dictionary<string, GoldenArray> Present(JsonElement element)
        => element.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Array).ToDictionary(entry => entry.Name, entry => GoldenArray.From(entry.Value), StringComparer.Ordinal);
}
