using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The DSelect-k gate against google-research and, as part of a model, against LibMTL.</summary>
public sealed class DSelectKGoldenTests
{
    private const string Family = "recsys-base";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "dselectk_google" }, MemberType = typeof(SharedFiles))]
    public void Gate_agrees_with_google_research(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), tolerances = document.RootElement.GetProperty("tolerance");
        var tolerance = new GoldenTolerance(tolerances.GetProperty("atol").GetDouble(), tolerances.GetProperty("rtol").GetDouble());
        GoldenArray experts = GoldenArray.From(inputs.GetProperty("experts"));
        Dictionary<string, GoldenArray> weights = GoldenArray.Map(inputs.GetProperty("weights"));
        bool byExample = inputs.GetProperty("mode").GetString() == "example";
        int count = experts.Shape[0], rows = experts.Shape[1], selectors = inputs.GetProperty("num_nonzeros").GetInt32();
        Tensor x = byExample ? Numbers(GoldenArray.From(inputs.GetProperty("routing_inputs"))) : Tensor.Zeros(rows, 1);
        double entropy = inputs.TryGetProperty("entropy_coefficient", out JsonElement given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble() : 0;
        var gate = new DSelectKGate(x.Shape[1], new DSelectKGateOptions
        {
            Experts = count,
            Selectors = selectors,
            Gamma = (float)inputs.GetProperty("gamma").GetDouble(),
            Entropy = (float)entropy,
            Conditioning = byExample ? GateConditioning.Example : GateConditioning.Task,
        }, new RandomStream(1));
        Dictionary<string, Tensor> own = GoldenModel.State(gate);
        if (byExample)
        {
            Set("z.weight", Transposed(weights["z_kernel"]));
            Set("z.bias", weights["z_bias"].Values);
            Set("w.weight", Transposed(weights["w_kernel"]));
            Set("w.bias", weights["w_bias"].Values);
        }
        else
        {
            Set("z", weights["z_logits"].Values);
            Set("w", weights["w_logits"].Values);
        }

        Tensor actual = gate.Forward(x, out Tensor penalty);
        float[] wanted = GoldenArray.From(expected.GetProperty("expert_weights")).Values;
        for (int row = 0; row < rows; row++) tolerance.Check($"weights of row {row}", wanted.AsSpan(byExample ? row * count : 0, count), actual.Slice(0, row, 1).Span);
        Tensor mixed = Fused.Mixture(actual, Numbers(experts).Permute(1, 0, 2).Reshape(rows, count * experts.Shape[2]));
        tolerance.Check("output", GoldenArray.From(expected.GetProperty("output")).Values, mixed.Span);
        double[] losses = [.. expected.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())];
        tolerance.Check("penalty", losses.Sum(), penalty.IsEmpty ? 0 : penalty.Item());
        gate.Evaluate();
        gate.Forward(x, out Tensor none);
        Assert.True(none.IsEmpty);

        void Set(string name, float[] values) => values.CopyTo(own[name].Span);
    }

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "dselectk_libmtl" }, MemberType = typeof(SharedFiles))]
    public void Model_agrees_with_libmtl(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), config = inputs.GetProperty("config");
        GoldenTolerance tolerance = GoldenTolerance.From(document.RootElement, "outputs");
        GoldenArray x = GoldenArray.From(inputs.GetProperty("x"));
        string[] names = [.. config.GetProperty("tasks").EnumerateArray().Select(task => task.GetString()!)];
        var rules = new TorchNames().Rule(@"experts_shared\.(\d+)\.0\.(\w+)", "experts.$1.layers.0.linear.$2");
        for (int t = 0; t < names.Length; t++)
        {
            rules.Rule($@"decoders\.{names[t]}\.(\w+)", $"towers.{t}.output.$1")
                .Rule($@"_z_logits\.{names[t]}\.(\w+)", $"gates.{t}.z.$1")
                .Rule($@"_w_logits\.{names[t]}\.(\w+)", $"gates.{t}.w.$1");
        }

        Dictionary<string, GoldenArray> state = rules.Translate(GoldenArray.Map(inputs.GetProperty("state_dict")));
        var model = new DSelectK(FeatureSchema.Numeric(x.Shape[1]), new TaskSet(names.Select(name => Target.Regression(name))), new DSelectKOptions
        {
            Experts = config.GetProperty("num_experts").GetInt32(),
            Selectors = config.GetProperty("num_nonzeros").GetInt32(),

            // LibMTL ignores gamma in the step itself.
            Gamma = 1,
            Conditioning = GateConditioning.Example,
            ExpertHidden = GoldenModel.Widths(state, "experts.0"),
            TowerHidden = [],
            BatchNorm = false,
        });
        GoldenModel.Load(model, state);
        Batch batch = MultiTabFixture.Batch(x);
        IReadOnlyList<GateUse> uses = model.GateWeights(batch);
        double penalties = 0;
        model.Evaluate();
        Tensor[] outputs = TinyProblem.Forward(model, batch);
        for (int t = 0; t < names.Length; t++)
        {
            tolerance.Check($"task {names[t]}", GoldenArray.From(expected.GetProperty("outputs").GetProperty(names[t])).Values, outputs[t].Span);
            tolerance.Check($"weights of {names[t]}", GoldenArray.From(expected.GetProperty("expert_weights").GetProperty(names[t])).Values, uses[t].Weights.Span);
            penalties += expected.GetProperty("reg_per_task").GetProperty(names[t]).GetDouble();
        }

        model.Train();
        using var tape = new Tape();
        TinyProblem.Forward(model, batch);
        tolerance.Check("penalty of all tasks", penalties, model.Penalty.Item());
    }

    private static Tensor Numbers(GoldenArray array) => Tensor.FromArray(array.Values, array.Shape);

    private static float[] Transposed(GoldenArray matrix) => Numbers(matrix).Transpose(0, 1).ToArray();
}
