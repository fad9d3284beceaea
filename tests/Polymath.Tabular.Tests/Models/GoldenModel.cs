using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Builds our model from a fixture's state under our names: every size is read off the shapes.</summary>
internal static class GoldenModel
{
    public static SharedBottom SharedBottom(Dictionary<string, GoldenArray> state, FeatureSchema schema, TaskSet tasks) => Load(new SharedBottom(schema, tasks, new SharedBottomOptions
    {
        BottomHidden = Widths(state, "bottom"),
        TowerHidden = Widths(state, "towers.0"),
        BatchNorm = state.Keys.Any(name => name.Contains(".layers.0.norm.", StringComparison.Ordinal)),
        EmbeddingWidth = EmbeddingWidth(state),
    }), state);

    public static MMoE MMoE(Dictionary<string, GoldenArray> state, FeatureSchema schema, TaskSet tasks) => Load(new MMoE(schema, tasks, Gated(state, "mixture", "mixture.experts.0", new MMoEOptions
    {
        Experts = Count(state, "mixture.experts"),
    })), state);

    public static Cgc Cgc(Dictionary<string, GoldenArray> state, FeatureSchema schema, TaskSet tasks, GateOrder order) => Load(new Cgc(schema, tasks, Gated(state, "levels.0", "levels.0.shared.0", new CgcOptions
    {
        SharedExperts = Count(state, "levels.0.shared"),
        SpecificExpertsPerTask = [.. Enumerable.Range(0, tasks.Count).Select(t => Count(state, $"levels.0.specific.{t}"))],
        GateOrder = order,
    })), state);

    public static Ple Ple(Dictionary<string, GoldenArray> state, FeatureSchema schema, TaskSet tasks)
    {
        int levels = Count(state, "levels");
        int[][] widths = [.. Enumerable.Range(0, levels).Select(level => Widths(state, $"levels.{level}.shared.0"))];
        bool alike = widths.All(widths[0].SequenceEqual);
        string tower = state.ContainsKey("towers.0.layers.0.linear.weight") ? "towers.0.layers.0.linear.weight" : "towers.0.output.weight";
        return Load(new Ple(schema, tasks, Gated(state, "levels.0", "levels.0.shared.0", new PleOptions
        {
            Levels = levels,
            LevelWidths = alike ? [] : [.. widths.Select(Assert.Single)],
            SharedExperts = Count(state, "levels.0.shared"),
            SpecificExpertsPerTask = [.. Enumerable.Range(0, tasks.Count).Select(t => Count(state, $"levels.0.specific.{t}"))],
            TowerInput = state[tower].Shape[1] == 2 * widths[^1][^1] ? TowerInput.TaskAndShared : TowerInput.TaskOnly,
        })), state);
    }

    public static Esmm Esmm(Dictionary<string, GoldenArray> state, FeatureSchema schema, TaskSet tasks) => Load(new Esmm(schema, tasks, new EsmmOptions
    {
        TowerHidden = Widths(state, "towers.0"),
        BatchNorm = state.ContainsKey("towers.0.layers.0.norm.weight"),
        EmbeddingWidth = EmbeddingWidth(state),
    }), state);

    public static Aitm Aitm(Dictionary<string, GoldenArray> state, FeatureSchema schema, TaskSet tasks) => Load(new Aitm(schema, tasks, new AitmOptions
    {
        BottomHidden = Widths(state, "bottoms.0"),
        TowerHidden = Widths(state, "towers.0"),
        BatchNorm = state.ContainsKey("bottoms.0.layers.0.norm.weight"),
        NormalisedInformation = state.ContainsKey("information.0.layers.0.norm.weight"),
        SharedTransfer = state.ContainsKey("transfer.value.weight"),
        TransferBias = state.ContainsKey("transfer.value.bias") || state.ContainsKey("transfer.0.value.bias"),
        EmbeddingWidth = EmbeddingWidth(state),
        Numeric = Numeric(state),
    }), state);

    public static Stem Stem(Dictionary<string, GoldenArray> state, FeatureSchema schema, TaskSet tasks)
    {
        int[] expert = Widths(state, "levels.0.shared.0");
        return Load(new Stem(schema, tasks, Gated(state, "levels.0", "levels.0.shared.0", new StemOptions
        {
            Levels = Count(state, "levels"),
            SharedExperts = Count(state, "levels.0.shared"),
            SpecificExperts = Count(state, "levels.0.specific.0"),
            TowerInput = state["towers.0.layers.0.linear.weight"].Shape[1] == 2 * expert[^1] ? TowerInput.TaskAndShared : TowerInput.TaskOnly,

            // The way of the MultiTab repository.
            GateInput = StemGateInput.TaskOnly,
            DetachShared = true,
        }) with
        {
            EmbeddingWidth = state.First(entry => entry.Key.StartsWith("embeddings.0.fields.", StringComparison.Ordinal)).Value.Shape[1],
            Numeric = NumericHandling.PerFieldLinear,
        }), state);
    }

    /// <summary>How many children 0, 1, ... a module has.</summary>
    public static int Count(Dictionary<string, GoldenArray> state, string module)
    {
        int count = 0;
        while (state.Keys.Any(name => name.StartsWith($"{module}.{count}.", StringComparison.Ordinal))) count++;
        return count;
    }

    /// <summary>Widths of the hidden layers of a stack.</summary>
    public static int[] Widths(Dictionary<string, GoldenArray> state, string stack)
    {
        var widths = new List<int>();
        while (state.TryGetValue($"{stack}.layers.{widths.Count}.linear.weight", out GoldenArray? weight)) widths.Add(weight.Shape[0]);
        return [.. widths];
    }

    /// <summary>Writes a state into a module; both must have the same names and shapes.</summary>
    public static T Load<T>(T module, Dictionary<string, GoldenArray> state)
        where T : Module
    {
        Dictionary<string, Tensor> own = State(module);
        Assert.Equal(state.Keys.Order(StringComparer.Ordinal), own.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, GoldenArray array) in state)
        {
            Assert.Equal(array.Shape, own[name].Shape.Axis.ToArray());
            array.Values.CopyTo(own[name].Span);
        }

        return module;
    }

    /// <summary>Parameters and buffers by name.</summary>
    public static Dictionary<string, Tensor> State(Module module)
        => module.NamedParameters().Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value)).Concat(module.NamedBuffers()).ToDictionary(StringComparer.Ordinal);

    private static T Gated<T>(Dictionary<string, GoldenArray> state, string layer, string expert, T options)
        where T : GatedOptions => options with
        {
            ExpertHidden = Widths(state, expert),
            TowerHidden = Widths(state, "towers.0"),
            BatchNorm = state.ContainsKey($"{expert}.layers.0.norm.weight"),
            GateHidden = Widths(state, $"{layer}.gates.0.hidden"),
            GateBias = state.ContainsKey($"{layer}.gates.0.linear.bias"),
            GateBatchNorm = state.ContainsKey($"{layer}.gates.0.norm.weight"),
            EmbeddingWidth = EmbeddingWidth(state),
            Numeric = Numeric(state),
        };

    private static NumericHandling Numeric(Dictionary<string, GoldenArray> state) => state.ContainsKey("embedding.numeric.weight") ? NumericHandling.OneFieldLinear : NumericHandling.Raw;

    private static int? EmbeddingWidth(Dictionary<string, GoldenArray> state) => state.TryGetValue("embedding.fields.0.weight", out GoldenArray? table) ? table.Shape[1] : 0;
}
