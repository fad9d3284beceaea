using System.Text.Json;
using System.Text.RegularExpressions;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>HoME against its equations computed elsewhere: logits, meta representations, loss, all gradients, and logits with batch statistics.</summary>
public sealed class HomeGoldenTests
{
    private const string Family = "home";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "home_" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_the_equations(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected");
        GoldenTolerance outputs = GoldenTolerance.From(document.RootElement, "outputs"), gradients = GoldenTolerance.From(document.RootElement, "gradients");
        TaskGroup[] groups = [.. inputs.GetProperty("groups").EnumerateObject().Select(group => new TaskGroup(group.Name, [.. group.Value.EnumerateArray().Select(task => task.GetString()!)]))];
        var tasks = new TaskSet(inputs.GetProperty("y").EnumerateObject().Select(task => Target.Binary(task.Name)));
        GoldenArray x = GoldenArray.From(inputs.GetProperty("x"));
        Dictionary<string, GoldenArray> labels = GoldenArray.Map(inputs.GetProperty("y")), given = GoldenArray.Map(inputs.GetProperty("state_dict"));
        var names = Names(groups, tasks);
        HoME model = GoldenModel.Load(new HoME(FeatureSchema.Numeric(x.Shape[1]), tasks, Options(inputs.GetProperty("config"), groups, given)), names.Translate(Unfold(given)));
        Batch batch = MultiTabFixture.Batch(x);

        // Batch statistics do not depend on the running ones, which start from zero here: afterwards they are what one batch adds to them.
        KeyValuePair<string, float[]>[] stored = [.. model.NamedBuffers().Select(buffer => KeyValuePair.Create(buffer.Key, buffer.Value.ToArray()))];
        foreach ((_, Tensor buffer) in model.NamedBuffers()) buffer.Span.Clear();
        CheckLogits("logits_train_bn_batch_stats", TinyProblem.Forward(model, batch));
        float[][] added = [.. model.NamedBuffers().Select(buffer => buffer.Value.ToArray())];

        // The running statistics of a file are those before its training pass, or those after it while its inference was done before it.
        model.Evaluate();
        Dictionary<string, GoldenArray> representations = GoldenArray.Map(expected.GetProperty("meta_eval"));
        const float Kept = 0.9f;
        Restore((i, j) => stored[i].Value[j]);
        IReadOnlyDictionary<string, Tensor> meta = model.GetMetaRepresentation(batch);
        if (!representations.All(entry => outputs.Agrees(entry.Value.Values, meta[entry.Key].Span)))
        {
            Restore((i, j) => (stored[i].Value[j] - added[i][j]) / Kept);
            meta = model.GetMetaRepresentation(batch);
        }

        foreach ((string name, GoldenArray array) in representations) outputs.Check($"meta {name}", array.Values, meta[name].Span);

        var layout = new ParameterLayout(model.NamedParameters().Select(entry => entry.Value.Value), []);
        var flat = new TaskGradients(layout);
        using (var tape = new Tape())
        {
            Tensor[] logits = TinyProblem.Forward(model, batch), losses = [.. tasks.Select((task, t) => MultiTabFixture.Loss(task, logits[t], labels[task.Name]))];
            CheckLogits("logits_eval", logits);
            outputs.Check("loss", expected.GetProperty("loss_sum_bce_eval").GetDouble(), losses.Sum(loss => (double)loss.Item()));
            tape.Backward(losses, [.. tasks.Select(_ => 1.0)], flat);
        }

        Dictionary<string, GoldenArray> wanted = names.Translate(Unfold(GoldenArray.Map(expected.GetProperty("grads_eval"))));
        int offset = 0;
        foreach ((string name, Parameter parameter) in model.NamedParameters())
        {
            int length = parameter.Value.Shape.Length;
            gradients.Check(name, wanted[name].Values, flat.Flat.Slice(offset, length));
            offset += length;
        }

        Assert.Equal(wanted.Count, model.NamedParameters().Count());

        void Restore(Func<int, int, float> value)
        {
            foreach ((int i, KeyValuePair<string, Tensor> buffer) in model.NamedBuffers().Index())
            {
                for (int j = 0; j < buffer.Value.Shape.Length; j++) buffer.Value.Span[j] = value(i, j);
            }
        }

        void CheckLogits(string key, Tensor[] logits)
        {
            foreach ((string task, GoldenArray array) in GoldenArray.Map(expected.GetProperty(key))) outputs.Check($"{key} {task}", array.Values, logits[tasks.IndexOf(task)].Span);
        }
    }

    /// <summary>Numbers of experts are counted in the state, level by level; the configuration must agree where it speaks of them.</summary>
    private static HoMEOptions Options(JsonElement config, TaskGroup[] groups, Dictionary<string, GoldenArray> state)
    {
        string group = groups[0].Name, task = groups[0].Tasks[0];
        int[] counts = [GoldenModel.Count(state, "e1.shared"), GoldenModel.Count(state, $"e1.{group}"), GoldenModel.Count(state, "e2.shared"), GoldenModel.Count(state, $"e2.{group}"), GoldenModel.Count(state, $"e2.{task}")];
        bool gated = config.GetProperty("num_lora").GetInt32() > 0;
        Assert.Equal((config.GetProperty("shared_experts").GetInt32(), config.GetProperty("group_experts").GetInt32(), config.GetProperty("task_experts").GetInt32()), (counts[2], counts[3], counts[4]));
        return new HoMEOptions
        {
            Groups = groups,
            MetaSharedExperts = counts[0],
            MetaGroupExperts = counts[1],
            SharedExperts = counts[2],
            GroupExperts = counts[3],
            TaskExperts = counts[4],
            ExpertHidden = Numbers(config.GetProperty("expert_dim")),
            FeatureGate = gated,
            LoraRank = gated ? config.GetProperty("lora_rank").GetInt32() : 1,
            LoraCount = config.GetProperty("num_lora").GetInt32(),
            TowerHidden = Numbers(config.GetProperty("tower_hidden")),
            SelfGate = state.Keys.Any(name => name.StartsWith("self", StringComparison.Ordinal)),
        };
    }

    private static int[] Numbers(JsonElement element) => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(entry => entry.GetInt32())] : [element.GetInt32()];

    private static TorchNames Names(TaskGroup[] groups, TaskSet tasks)
    {
        var names = new TorchNames();
        Owner(1, "shared", "meta.shared", "meta.shared_gate");
        Owner(2, "shared", "mixture.shared", null);
        for (int g = 0; g < groups.Length; g++)
        {
            Owner(1, groups[g].Name, $"meta.groups.{g}", $"meta.gates.{g}");
            Owner(2, groups[g].Name, $"mixture.groups.{g}", null);
        }

        for (int t = 0; t < tasks.Count; t++)
        {
            Owner(2, tasks[t].Name, $"mixture.tasks.{t}", $"mixture.gates.{t}");
            names.Rule($@"tower\.{Regex.Escape(tasks[t].Name)}\.(.*)", $"towers.{t}.$1");
        }

        return names;

        void Owner(int level, string name, string ours, string? gate)
        {
            string owner = Regex.Escape(name);
            names.Rule($@"fg{level}\.{owner}\.(.*)", $"{ours}.feature_gate.$1")
                .Rule($@"e{level}\.{owner}\.(\d+)\.lin\.(.*)", $"{ours}.experts.$1.layers.0.linear.$2")
                .Rule($@"e{level}\.{owner}\.(\d+)\.bn\.(.*)", $"{ours}.experts.$1.layers.0.norm.$2")
                .Rule($@"self{level}\.{owner}\.(.*)", $"{ours}.self_gate.linear.$1");
            if (gate is not null) names.Rule($@"gate{level}\.{owner}\.(.*)", $"{gate}.linear.$1");
        }
    }

    /// <summary>B <c>[L, D, r]</c> becomes <c>down</c> <c>[L r, D]</c>, A <c>[L, r, D]</c> one <c>up</c> <c>[D, r]</c> per map, and the flat list of a tower its layers.</summary>
    private static Dictionary<string, GoldenArray> Unfold(Dictionary<string, GoldenArray> state)
    {
        var unfolded = new Dictionary<string, GoldenArray>(StringComparer.Ordinal);
        foreach ((string name, GoldenArray array) in state)
        {
            if (name.StartsWith("fg", StringComparison.Ordinal) && name.EndsWith(".B", StringComparison.Ordinal))
            {
                unfolded.Add($"{name[..^1]}down.weight", new GoldenArray([array.Shape[0] * array.Shape[2], array.Shape[1]], [.. Maps(array).SelectMany(Transposed)]));
            }
            else if (name.StartsWith("fg", StringComparison.Ordinal) && name.EndsWith(".A", StringComparison.Ordinal))
            {
                foreach ((int l, GoldenArray map) in Maps(array).Index()) unfolded.Add($"{name[..^1]}up.{l}.weight", new GoldenArray([map.Shape[1], map.Shape[0]], Transposed(map)));
            }
            else if (Regex.Match(name, @"^(tower\..+)\.(\d+)\.(weight|bias)$") is { Success: true } layer)
            {
                // Linear, ReLU, Linear, ...: the last one is the output.
                const int Stride = 2;
                int at = int.Parse(layer.Groups[2].Value);
                string place = state.ContainsKey($"{layer.Groups[1].Value}.{at + Stride}.weight") ? $"layers.{at / Stride}.linear" : "output";
                unfolded.Add($"{layer.Groups[1].Value}.{place}.{layer.Groups[3].Value}", array);
            }
            else unfolded.Add(name, array);
        }

        return unfolded;
    }

    private static IEnumerable<GoldenArray> Maps(GoldenArray array) => array.Values.Chunk(array.Shape[1] * array.Shape[2]).Select(map => new GoldenArray([array.Shape[1], array.Shape[2]], map));

    private static float[] Transposed(GoldenArray matrix)
    {
        (int rows, int columns) = (matrix.Shape[0], matrix.Shape[1]);
        return [.. Enumerable.Range(0, rows * columns).Select(i => matrix.Values[(i % rows * columns) + (i / rows)])];
    }
}
