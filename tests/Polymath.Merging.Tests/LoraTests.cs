using System.Text.Json.Nodes;
using Polymath.Merging.Adapters;
using Polymath.Merging.Checkpoints;
using Polymath.Merging.Configuration;
using Polymath.Merging.Planning;
using Polymath.Merging.Sources;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

public sealed class LoraTests : IDisposable
{
    private const string Module = "model.layers.0.q_proj", Prefix = "base_model.model.";
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    // W is [3, 2], or [2, 3] for layouts that are transposed; A is [1, 2] and B [3, 1].
    private string Model(bool transposed = false) => _models.Add("M", [(Module + ".weight", transposed ? [2, 3] : [3, 2], [1, 2, 3, 4, 5, 6]), TemporaryModels.Filled("model.norm.weight", 1, 2), TemporaryModels.Filled("model.embed_tokens.weight", 1, 3, 2)], TemporaryModels.Config(1, 3));

    private string Adapter(string config, params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_models.Folder, "L")).FullName;
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), config);
        SafetensorsWriter.Write(Path.Combine(folder, "adapter_model.safetensors"), tensors.Select(tensor => SafetensorsEntry.FromFloat32(tensor.Name, tensor.Shape, tensor.Values)));
        return folder;
    }

    private static (string, long[], float[])[] Factors(string module = Module, string suffix = ".weight") => [($"{Prefix}{module}.lora_A{suffix}", [1, 2], [1, 10]), ($"{Prefix}{module}.lora_B{suffix}", [3, 1], [1, 2, 3])];

    private static float[] Read(SourceTensor tensor)
    {
        float[] values = new float[tensor.Elements];
        tensor.Read(0, values);
        return values;
    }

    [Theory]
    [InlineData("""{"peft_type": "LORA", "r": 1, "lora_alpha": 2}""", 2)]
    [InlineData("""{"r": 1, "lora_alpha": 2, "alpha_pattern": {"k_proj": 7, "layers.0.q_proj": 3}}""", 3)]
    [InlineData("""{"r": 1, "lora_alpha": 2, "alpha_pattern": {".*proj": 4}}""", 4)]
    [InlineData("""{"r": 1, "lora_alpha": 0.5, "use_rslora": true}""", 0.5f)]
    public void A_weight_is_changed_by_the_scaled_product(string config, float scale)
    {
        using Checkpoint model = Checkpoint.Open(Model());
        using LoraAdapter adapter = LoraAdapter.Open(Adapter(config, Factors()), model);
        float[] expected = [1 + (scale * 1), 2 + (scale * 10), 3 + (scale * 2), 4 + (scale * 20), 5 + (scale * 3), 6 + (scale * 30)];
        SourceTensor adapted = adapter.Find(Module + ".weight")!;
        float[] pieces = new float[6];
        for (int start = 0; start < 6; start++) adapted.Read(start, pieces.AsSpan(start, 1));
        Assert.Equal(expected, Read(adapted));
        Assert.Equal(expected, pieces);
        Assert.Equal([1f, 1f], Read(adapter.Find("model.norm.weight")!));
        Assert.Equal([Module + ".weight"], adapter.Names);
    }

    [Fact]
    public void Rank_stabilised_adapters_divide_by_the_root_of_the_rank()
    {
        using Checkpoint model = Checkpoint.Open(Model());
        (string, long[], float[])[] factors = [($"{Prefix}{Module}.lora_A.weight", [4, 2], [1, 0, 0, 1, 0, 0, 0, 0]), ($"{Prefix}{Module}.lora_B.weight", [3, 4], [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])];
        using LoraAdapter plain = LoraAdapter.Open(Adapter("""{"lora_alpha": 4}""", factors), model);
        using LoraAdapter stabilised = LoraAdapter.Open(Adapter("""{"lora_alpha": 4, "use_rslora": true}""", factors), model);
        Assert.Equal([2f, 4f, 3f, 4f, 5f, 6f], Read(plain.Find(Module + ".weight")!));
        Assert.Equal([3f, 6f, 3f, 4f, 5f, 6f], Read(stabilised.Find(Module + ".weight")!));
    }

    [Fact]
    public void Weights_that_are_stored_the_other_way_round_are_changed_by_the_transpose()
    {
        using Checkpoint model = Checkpoint.Open(Model(transposed: true));
        using LoraAdapter adapter = LoraAdapter.Open(Adapter("""{"lora_alpha": 1, "fan_in_fan_out": true}""", Factors()), model);
        Assert.Equal([1f + 1, 2f + 2, 3f + 3, 4f + 10, 5f + 20, 6f + 30], Read(adapter.Find(Module + ".weight")!));
    }

    [Fact]
    public void Embeddings_saved_modules_and_wrapped_names_are_found()
    {
        using Checkpoint model = Checkpoint.Open(Model());
        using LoraAdapter adapter = LoraAdapter.Open(
            Adapter(
                """{"lora_alpha": 2}""",
                ($"{Prefix}wrapper.model.embed_tokens.lora_embedding_A", [1, 3], [1, 2, 3]),
                ($"{Prefix}wrapper.model.embed_tokens.lora_embedding_B", [2, 1], [1, 10]),
                ($"{Prefix}model.norm.modules_to_save.weight", [2], [8, 9]),
                ($"{Prefix}score.weight", [1, 2], [3, 4])),
            model);
        Assert.Equal([3f, 21f, 5f, 41f, 7f, 61f], Read(adapter.Find("model.embed_tokens.weight")!));
        Assert.Equal([8f, 9f], Read(adapter.Find("model.norm.weight")!));
        Assert.Equal([3f, 4f], Read(adapter.Find("score.weight")!));
    }

    [Theory]
    [InlineData("""{"peft_type": "IA3"}""", Module, "the adapter is of the kind 'IA3', expected LORA.")]
    [InlineData("""{"use_dora": true}""", Module, "the adapter uses DoRA")]
    [InlineData("{}", Module, "there is no number 'lora_alpha'")]
    [InlineData("""{"lora_alpha": 1}""", "model.layers.7.q_proj", "changes module 'model.layers.7.q_proj', which model")]
    [InlineData("""{"lora_alpha": 1}""", "model.embed_tokens.x", "changes module 'model.embed_tokens.x'")]
    [InlineData("""{"lora_alpha": 1, "alpha_pattern": {"(": 1}}""", Module, "the pattern '(' cannot be matched")]
    [InlineData("""{"lora_alpha": 1, "fan_in_fan_out": true}""", Module, "make a weight of [2, 3], but tensor 'model.layers.0.q_proj.weight' of the model has the shape [3, 2]")]
    public void An_adapter_that_does_not_fit_is_refused(string config, string module, string expected)
    {
        using Checkpoint model = Checkpoint.Open(Model());
        Assert.Contains(expected, Assert.Throws<MergeException>(() => LoraAdapter.Open(Adapter(config, Factors(module)), model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_factor_without_its_other_is_refused()
    {
        using Checkpoint model = Checkpoint.Open(Model());
        Assert.Contains("is there without", Assert.Throws<MergeException>(() => LoraAdapter.Open(Adapter("""{"lora_alpha": 1}""", Factors()[0]), model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_an_adapter_takes_part_in_a_merge()
    {
        Model();
        Adapter("""{"lora_alpha": 1}""", Factors());
        using MergePlan plan = MergePlanner.Plan(MergeConfiguration.Parse("merge_method: task_arithmetic\nbase_model: M\nparameters: {lambda: 2}\nmodels:\n- model: M+L\n  parameters: {weight: 0.5}\n"), new PlanOptions { Locator = new ModelLocator(_models.Folder) });
        PlannedTensor tensor = plan.Tensors.Single(tensor => tensor.Name == Module + ".weight");
        Assert.Equal([2f, 12f, 5f, 24f, 8f, 36f], tensor.Method!.Merge(tensor.ToMerge(plan.Settings)));
        Assert.Contains(plan.Inputs, input => input.EndsWith("adapter_model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public void An_extracted_adapter_gives_the_fine_tuned_model_back()
    {
        var random = new Random(3);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        float[] weight = Draw(30), embedding = Draw(35), left = Draw(12), right = Draw(10);
        float[] tuned = (float[])weight.Clone(), moved = (float[])embedding.Clone();
        for (int i = 0; i < 6; i++)
        {
            for (int j = 0; j < 5; j++) tuned[(i * 5) + j] += (left[2 * i] * right[j]) + (left[(2 * i) + 1] * right[5 + j]);
        }

        for (int i = 0; i < 7; i++)
        {
            for (int j = 0; j < 5; j++) moved[(i * 5) + j] += 0.5f * (i + 1) * right[j];
        }

        string theta0 = _models.Add("base", [(Module + ".weight", [6, 5], weight), ("model.embed_tokens.weight", [7, 5], embedding), TemporaryModels.Filled("model.norm.weight", 1, 5)]);
        string fine = _models.Add("fine", [(Module + ".weight", [6, 5], tuned), ("model.embed_tokens.weight", [7, 5], moved), TemporaryModels.Filled("model.norm.weight", 2, 5)]);
        string output = Path.Combine(_models.Folder, "adapter");
        IReadOnlyDictionary<string, int> ranks = LoraExtraction.Extract(theta0, fine, output, new LoraExtractionOptions { SingularValueThreshold = 1e-5 });
        Assert.Equal([("model.embed_tokens", 1), (Module, 2)], ranks.Select(entry => (entry.Key, entry.Value)));
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "adapter_config.json")))!;
        Assert.Equal((2, 2, 1), (config["r"]!.GetValue<int>(), config["lora_alpha"]!.GetValue<int>(), config["rank_pattern"]!["model.embed_tokens"]!.GetValue<int>()));
        using Checkpoint model = Checkpoint.Open(theta0);
        using LoraAdapter adapter = LoraAdapter.Open(output, model);
        GoldenNumbers.Near(tuned, Read(adapter.Find(Module + ".weight")!), 1e-6, 1e-6, "weight");
        GoldenNumbers.Near(moved, Read(adapter.Find("model.embed_tokens.weight")!), 1e-6, 1e-6, "embedding");
        Assert.Equal([2f, 2f, 2f, 2f, 2f], Read(adapter.Find("model.norm.weight")!));
        Assert.Contains("does not differ", Assert.Throws<MergeException>(() => LoraExtraction.Extract(theta0, theta0, output)).Message, StringComparison.Ordinal);
    }
}
