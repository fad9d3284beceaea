using System.Text.Json.Nodes;
using Polymath.Merging.Configuration;
using Polymath.Merging.Planning;

namespace Polymath.Merging.Tests;

public sealed class ModuleAndRawMergeTests : IDisposable
{
    private const string Weight = "parameters: {weight: 1}\n", Files = "models:\n- model: A/model.safetensors\n- model: B/model.safetensors\n";
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    private MergePlan Plan(string yaml, TensorSelection tensors = TensorSelection.Leading) => MergePlanner.Plan(MergeConfiguration.Parse(yaml, "m.yml"), new PlanOptions { Locator = new ModelLocator(_models.Folder), Tensors = tensors });

    private static float Merged(MergePlan plan, string name)
    {
        PlannedTensor tensor = plan.Tensors.Single(tensor => tensor.Name == name);
        return tensor.Method!.Merge(tensor.ToMerge(plan.Settings))[0];
    }

    private void AddVisionLanguage(string name, float value)
    {
        JsonObject config = new() { ["architectures"] = new JsonArray("LlavaForConditionalGeneration"), ["text_config"] = new JsonObject { ["num_hidden_layers"] = 3 }, ["vision_config"] = new JsonObject { ["num_hidden_layers"] = 2 } };
        _models.Add(name, [.. Enumerable.Range(0, 3).Select(i => TemporaryModels.Filled($"language_model.model.layers.{i}.w", value + (10 * i), 2)), .. Enumerable.Range(0, 2).Select(i => TemporaryModels.Filled($"vision_tower.layers.{i}.w", value + (10 * i), 2)), TemporaryModels.Filled("multi_modal_projector.weight", value, 2, 2)], config);
    }

    [Fact]
    public void Modules_are_merged_each_in_its_way()
    {
        AddVisionLanguage("A", 1);
        AddVisionLanguage("B", 3);
        using MergePlan plan = Plan("merge_method: linear\nparameters: {weight: 1}\nmodules:\n  text_decoder:\n    slices:\n    - sources: [{model: A, layer_range: [0, 2]}, {model: B, layer_range: [0, 2]}]\n      parameters: {weight: [{filter: B, value: 9}, {value: 1}]}\n    - sources: [{model: B, layer_range: [1, 3]}]\n"
            + "  vision_tower:\n    models: [{model: A}, {model: B}]\n    parameters: {weight: [1, 3]}\n  '*':\n    models: [{model: A, parameters: {weight: 3}}, {model: B}]\n");
        Assert.Equal([2f, 12f, 13f, 23f], Enumerable.Range(0, 4).Select(i => Merged(plan, $"language_model.model.layers.{i}.w")));
        Assert.Equal([2f, 12f], Enumerable.Range(0, 2).Select(i => Merged(plan, $"vision_tower.layers.{i}.w")));
        Assert.Equal(1.5f, Merged(plan, "multi_modal_projector.weight"));
        PlannedTensor last = plan.Tensors.Single(tensor => tensor.Name == "vision_tower.layers.1.w");
        Assert.All(last.Sources, source => Assert.Equal(3.0, source.Parameters.Number("weight")));
        JsonNode config = JsonNode.Parse(plan.Files.Single(file => file.Name == "config.json").Text!)!;
        Assert.Equal((4, 2), (config["text_config"]!["num_hidden_layers"]!.GetValue<int>(), config["vision_config"]!["num_hidden_layers"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("  vision: {models: [{model: A}]}\n", "line 4: model 'A' has no tensors 'vision.*'")]
    [InlineData("  vision_tower: {models: [{model: A}]}\n", "4 tensors of model 'A' belong to no module, such as 'language_model.model.layers.0.w'; add a module '*'")]
    [InlineData("  vision_tower: {}\n", "module 'vision_tower' has neither models nor slices")]
    [InlineData("  vision_tower: {slices: [{sources: [{model: A, layer_range: [0, 3]}]}]}\n  '*': {models: [{model: A}]}\n", "ends outside the model, which has 2 layers")]
    public void Modules_that_are_not_there_are_refused(string modules, string expected)
    {
        AddVisionLanguage("A", 1);
        Assert.Contains(expected, Assert.Throws<MergeException>(() => Plan("merge_method: linear\n" + Weight + "modules:\n" + modules)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Single_files_hold_the_same_tensors_unless_a_part_or_all_are_asked_for()
    {
        _models.Add("A", [TemporaryModels.Filled("both", 1, 2), TemporaryModels.Filled("only.a", 5, 2)]);
        _models.Add("B", [TemporaryModels.Filled("both", 3, 2), TemporaryModels.Filled("only.b", 7, 2)]);
        Assert.Contains("line 4: tensor 'only.b' is in model 'B/model.safetensors' but not in model 'A/model.safetensors'; ask for the intersection or the union", Assert.Throws<MergeException>(() => Plan("merge_method: linear\n" + Weight + Files)).Message, StringComparison.Ordinal);
        using MergePlan shared = Plan("merge_method: linear\n" + Weight + Files, TensorSelection.Intersection);
        Assert.Equal(("both", 2f), (Assert.Single(shared.Tensors).Name, Merged(shared, "both")));
        using MergePlan all = Plan("merge_method: linear\n" + Weight + Files, TensorSelection.Union);
        Assert.Equal([2f, 5f, 7f], new[] { "both", "only.a", "only.b" }.Select(name => Merged(all, name)));
        using MergePlan ties = Plan("merge_method: task_arithmetic\nbase_model: B/model.safetensors\n" + Weight + "models:\n- model: A/model.safetensors\n", TensorSelection.Union);
        Assert.Equal([1f, 5f, 7f], new[] { "both", "only.a", "only.b" }.Select(name => Merged(ties, name)));
        Assert.DoesNotContain(ties.Files, file => file.Name == "config.json");
    }

    [Fact]
    public void A_parameter_of_zero_counts()
    {
        _models.Add("A", [TemporaryModels.Filled("w", 1, 2)]);
        _models.Add("B", [TemporaryModels.Filled("w", 3, 2)]);
        using MergePlan plan = Plan("merge_method: linear\nmodels:\n- {model: A/model.safetensors, parameters: {weight: 0}}\n- {model: B/model.safetensors, parameters: {weight: 2}}\n");
        Assert.Equal(3f, Merged(plan, "w"));
    }
}
