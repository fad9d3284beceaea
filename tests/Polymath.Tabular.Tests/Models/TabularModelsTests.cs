using System.Globalization;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class TabularModelsTests
{
    private static readonly TaskSet s_tasks = new(Target.Binary("click"), Target.Binary("buy"));

    public static TheoryData<string> Models { get; } = [.. TabularModels.All.Select(model => model.Name)];

    [Fact]
    public void Names_are_those_of_the_documentation()
        => Assert.Equal(["shared-bottom", "single-task", "cross-stitch", "omoe", "mmoe", "cgc", "ple", "dselect-k", "stem", "esmm", "aitm", "home", "dtrn", "multitab-net", "ft-transformer", "saint", "tab-transformer"], TabularModels.All.Select(model => model.Name));

    [Fact]
    public void An_unknown_model_is_answered_with_the_nearest_and_all_names()
    {
        string message = Assert.Throws<ModelException>(() => TabularModels.Find("mmeo")).Message;
        Assert.Contains("did you mean 'mmoe'?", message, StringComparison.Ordinal);
        Assert.All(TabularModels.All, model => Assert.Contains(model.Name, message, StringComparison.Ordinal));
        Assert.DoesNotContain("did you mean", Assert.Throws<ModelException>(() => TabularModels.Find("perceptron")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_option_is_answered_with_the_nearest_and_all_options()
    {
        string message = Refusal("mmoe", "expert-hiden", "4");
        Assert.Contains("did you mean 'expert-hidden'?", message, StringComparison.Ordinal);
        Assert.Contains("tower-hidden", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mmoe", "experts", "0", "[1, 1024]")]
    [InlineData("mmoe", "experts", "two", "[1, 1024]")]
    [InlineData("ple", "levels", "17", "[1, 16]")]
    [InlineData("mmoe", "dropout", "1", "[0, 0.99]")]
    [InlineData("mmoe", "dropout", "NaN", "[0, 0.99]")]
    [InlineData("mmoe", "batch-norm", "yes", "true | false")]
    [InlineData("mmoe", "expert-hidden", "none", "separated by '/'")]
    [InlineData("mmoe", "expert-hidden", "4/-1", "[1, 65536]")]
    [InlineData("ple", "tower-input", "everything", "task-only | task-and-shared")]
    [InlineData("omoe", "embedding-width", "-1", "or auto")]
    public void A_value_out_of_range_is_refused_with_option_value_range_and_default(string model, string option, string value, string range)
    {
        string message = Refusal(model, option, value);
        Assert.StartsWith($"{model}: {option}={value} is not allowed", message, StringComparison.Ordinal);
        Assert.Contains(range, message, StringComparison.Ordinal);
        Assert.Contains("default", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_records_are_checked_like_text()
    {
        Assert.Contains("experts=0", Assert.Throws<ModelException>(() => new MMoE(FeatureSchema.Numeric(2), s_tasks, new MMoEOptions { Experts = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("bottom-hidden=none", Assert.Throws<ModelException>(() => new SharedBottom(FeatureSchema.Numeric(2), s_tasks, new SharedBottomOptions { BottomHidden = [] })).Message, StringComparison.Ordinal);
        Assert.Contains("expected 2", Assert.Throws<ModelException>(() => new Cgc(FeatureSchema.Numeric(2), s_tasks, new CgcOptions { SpecificExpertsPerTask = [1] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_ignore_case_and_underscores()
        => Assert.Equal("3", TabularModels.Create("MMoE", FeatureSchema.Numeric(2), s_tasks, new Dictionary<string, string> { ["Expert_Hidden"] = "4", ["EXPERTS"] = "3" }).OptionValues["experts"]);

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_option_says_its_default_range_and_meaning_and_takes_its_default(string name)
    {
        ModelDescriptor model = TabularModels.Find(name);
        Assert.NotEmpty(model.Title);
        Assert.NotEmpty(model.Paper);
        Dictionary<string, string> defaults = model.Options.ToDictionary(option => option.Name, option => option.Default);
        Assert.All(model.Options, option => Assert.True(option.Meaning.EndsWith('.') && option.Range.Length > 0));
        FeatureSchema schema = name == "dtrn" ? HistoryProblem.Schema : TinyProblem.Schema;
        Assert.Equal(defaults, model.Create(schema, s_tasks).OptionValues);
        Assert.Equal(defaults, model.Create(schema, s_tasks, defaults).OptionValues);
    }

    [Fact]
    public void The_short_constructor_makes_experts_of_one_layer()
    {
        var model = new MMoE(TinyProblem.Schema, s_tasks, experts: 8, expertWidth: 64);
        Assert.Equal("8", model.OptionValues["experts"]);
        Assert.Equal("64", model.OptionValues["expert-hidden"]);
    }

    [Fact]
    public void A_multi_class_task_must_say_how_many_classes_it_has()
        => Assert.Contains("'kind'", Assert.Throws<ModelException>(() => new SharedBottom(FeatureSchema.Numeric(2), new TaskSet(Target.MultiClass("kind")))).Message, StringComparison.Ordinal);

    [Fact]
    public void Networks_of_the_baseline_are_as_large_as_a_shared_bottom_with_one_tower()
    {
        var one = new SharedBottom(TinyProblem.Schema, new TaskSet(Target.Binary("click")));
        var baseline = new SingleTask(TinyProblem.Schema, s_tasks);
        Assert.Equal(2 * one.ParameterCount, baseline.ParameterCount);
        Assert.Equal(2 * one.FlopsPerRow, baseline.FlopsPerRow);
    }

    [Fact]
    public void Sizes_of_a_mixture_are_those_of_the_formulas()
    {
        const int D = 6, E = 3, H = 5, T = 2, W = 4;
        var model = new MMoE(FeatureSchema.Numeric(D), s_tasks, new MMoEOptions { Experts = E, ExpertHidden = [H], TowerHidden = [W], BatchNorm = false });
        Dictionary<string, ModelPart> parts = model.Summary.Parts.ToDictionary(part => part.Name);
        Assert.Equal(E * ((D * H) + H), parts["experts"].Parameters);
        Assert.Equal(T * ((D * E) + E), parts["gates"].Parameters);
        Assert.Equal(T * ((H * W) + W + W + 1), parts["towers"].Parameters);
        Assert.Equal(2L * E * D * H, parts["experts"].FlopsPerRow);
        Assert.Equal(2L * T * E * H, parts["mixing"].FlopsPerRow);
        Assert.Contains(model.ParameterCount.ToString("N0", CultureInfo.InvariantCulture), model.Summary.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Tasks_keep_their_own_gates_and_each_gate_sums_to_one(string name)
    {
        TabularModel model = TinyProblem.Create(name, 2, batchNorm: true);
        if (model is not IGatedModel gated) return;
        float[] before = [.. model.NamedBuffers().SelectMany(entry => entry.Value.ToArray())];
        IReadOnlyList<GateUse> uses = gated.GateWeights(TinyProblem.Batch());
        Assert.True(model.Training);
        Assert.Equal(before, model.NamedBuffers().SelectMany(entry => entry.Value.ToArray()));
        Assert.Equal(name switch { "omoe" => [null], "ple" => ["task0", "task1", null, "task0", "task1"], "home" => [null, null, null, "task0", "task1"], _ => ["task0", "task1"] }, uses.Select(use => use.Task));
        foreach (GateUse use in uses)
        {
            Assert.Equal(new Shape(TinyProblem.Rows, use.Experts.Count), use.Weights.Shape);
            Assert.All(use.Weights.Sum(1).ToArray(), sum => Assert.Equal(1f, sum, 1e-5f));
            Assert.Equal(1f, use.Mean.Sum(), 1e-5f);
        }

        if (name == "cgc") Assert.Equal(["task1.0", "task1.1", "shared.0", "shared.1"], uses[1].Experts);
    }

    [Fact]
    public void The_same_options_in_another_gate_order_give_the_same_function_under_permuted_weights()
    {
        // One specific and one shared expert: swapping the two rows of each gate's map undoes the other order.
        CgcOptions options = new() { SharedExperts = 1, SpecificExperts = 1, ExpertHidden = [3], BatchNorm = false };
        var first = new Cgc(FeatureSchema.Numeric(2), s_tasks, options, seed: 4);
        var second = new Cgc(FeatureSchema.Numeric(2), s_tasks, options with { GateOrder = GateOrder.SharedFirst }, seed: 4);
        foreach ((string name, Parameter parameter) in second.NamedParameters().Where(entry => entry.Key.Contains("gates.", StringComparison.Ordinal)))
        {
            Span<float> values = parameter.Value.Span;
            int half = values.Length / 2;
            float[] upper = values[..half].ToArray();
            values[half..].CopyTo(values);
            upper.CopyTo(values[half..]);
        }

        Batch batch = new() { Rows = 3, Numeric = Tensor.Normal(new RandomStream(2), new Shape(3, 2)), Categories = new IndexTensor([3, 0]), Targets = Tensor.Zeros(3, 2) };
        Tensor[] a = TinyProblem.Forward(first, batch), b = TinyProblem.Forward(second, batch);
        for (int t = 0; t < 2; t++) Assert.All(a[t].ToArray().Zip(b[t].ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    private static string Refusal(string model, string option, string value)
        => Assert.Throws<ModelException>(() => TabularModels.Create(model, FeatureSchema.Numeric(2), s_tasks, new Dictionary<string, string> { [option] = value })).Message;
}
