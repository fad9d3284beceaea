using System.Text.Json;
using System.Text.Json.Nodes;
using Polymath.Merging.Blending;
using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;
using Polymath.Merging.Planning;
using Polymath.Tensors.Safetensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Whole configurations against mergekit: the resolved parameters of every tensor, the merged numbers, types and number of layers.</summary>
public sealed class MergeConfigurationGoldenTests
{
    private const string System = "merging-base";

    // The files' own note: trimming may flip for elements at the threshold after a rounding to bfloat16.
    private const double MayFlip = 0.02;

    public static TheoryData<string> Cases => SharedFiles.GoldenRows(System, "yaml_");

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_configuration_gives_the_reference_plan_and_result(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs"), expected = golden.RootElement.GetProperty("expected");
        using var models = new TemporaryModels();
        WriteModels(inputs, models);
        MergeConfiguration configuration = MergeConfiguration.Parse(inputs.GetProperty("yaml").GetString()!, file);
        foreach (bool rounding in (bool[])[false, true])
        {
            using MergePlan plan = MergePlanner.Plan(configuration, new PlanOptions { Locator = new ModelLocator(models.Folder), MergekitRounding = rounding });
            CompareParameters(expected.GetProperty("resolved"), plan);
            CompareResults(expected, golden.RootElement.GetProperty("tolerance"), plan);
            JsonNode config = JsonNode.Parse(plan.Files.Single(planned => planned.Name == "config.json").Text!)!;
            Assert.Equal(expected.GetProperty("out_num_hidden_layers").GetInt32(), config["num_hidden_layers"]!.GetValue<int>());
        }
    }

    private static void WriteModels(JsonElement inputs, TemporaryModels models)
    {
        foreach (JsonProperty model in inputs.GetProperty("models").EnumerateObject())
        {
            JsonElement tensors = model.Value.GetProperty("tensors");
            JsonObject config = TemporaryModels.Config(inputs.GetProperty("num_hidden_layers").GetInt32(), architecture: inputs.GetProperty("arch").GetString()!);
            config["vocab_size"] = GoldenNumbers.ShapeOf(tensors.GetProperty("model.embed_tokens.weight"))[0];
            models.Add(model.Name, tensors.EnumerateObject().Select(tensor => (tensor.Name, GoldenNumbers.ShapeOf(tensor.Value), GoldenNumbers.Flatten(tensor.Value))), config, ElementTypes.Parse(model.Value.GetProperty("dtype").GetString()!));
        }
    }

    private static void CompareParameters(JsonElement resolved, MergePlan plan)
    {
        Assert.Equal(resolved.GetArrayLength(), plan.Tensors.Count);
        foreach (JsonElement entry in resolved.EnumerateArray())
        {
            PlannedTensor tensor = plan.Tensors.Single(planned => planned.Name == entry.GetProperty("tensor").GetString());
            Same(entry.GetProperty("global"), tensor.Parameters, tensor.Name);
            Dictionary<string, MergeSource> sources = tensor.Sources.ToDictionary(source => source.Model);
            Assert.Equal(entry.GetProperty("per_model").EnumerateObject().Select(model => model.Name).Order(), sources.Keys.Order());
            foreach (JsonProperty model in entry.GetProperty("per_model").EnumerateObject()) Same(model.Value, sources[model.Name].Parameters, $"{tensor.Name} of {model.Name}");
        }
    }

    private static void Same(JsonElement expected, ParameterSet actual, string what)
    {
        foreach ((string name, object? value) in GoldenNumbers.Parameters(expected))
        {
            double? wanted = Number(value), found = Number(actual.Values[name]);
            Assert.True(wanted is null ? found is null : found is not null && Math.Abs(wanted.Value - found.Value) <= 1e-12, $"{what}: {name} is {found}, expected {wanted}");
        }
    }

    private static double? Number(object? value) => value is bool flag ? (flag ? 1 : 0) : (double?)value;

    private static void CompareResults(JsonElement expected, JsonElement tolerance, MergePlan plan)
    {
        double absolute = tolerance.GetProperty("abs").GetDouble(), relative = tolerance.GetProperty("rel").GetDouble();
        double mayFlip = tolerance.TryGetProperty("note", out _) ? MayFlip : 0;
        foreach (PlannedTensor tensor in plan.Tensors)
        {
            Assert.Equal(ElementTypes.Parse(expected.GetProperty("dtype").GetProperty(tensor.Name).GetString()!), tensor.Type);
            float[] wanted = GoldenNumbers.Flatten(expected.GetProperty("merged").GetProperty(tensor.Name)), merged = tensor.Method!.Merge(tensor.ToMerge(plan.Settings));
            if (tensor.Type == SafetensorsType.BF16) StepRounding.To(SafetensorsType.BF16).Apply(merged);
            Assert.Equal(wanted.Length, merged.Length);
            int off = Enumerable.Range(0, wanted.Length).Count(i => !(Math.Abs(wanted[i] - merged[i]) <= absolute + (relative * Math.Abs(wanted[i]))));
            Assert.True(off <= Math.Ceiling(mayFlip * wanted.Length), $"{tensor.Name}: {off} of {wanted.Length} elements differ");
        }
    }
}
