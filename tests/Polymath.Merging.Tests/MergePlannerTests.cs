using System.Text.Json.Nodes;
using Polymath.Merging.Configuration;
using Polymath.Merging.Planning;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

public sealed class MergePlannerTests : IDisposable
{
    private const string Two = "models:\n- model: A\n- model: B\n", Weight = "parameters: {weight: 1}\n";
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    private MergePlan Plan(string yaml, PlanOptions? options = null) => MergePlanner.Plan(MergeConfiguration.Parse(yaml, "m.yml"), (options ?? new PlanOptions()) with { Locator = new ModelLocator(_models.Folder) });

    private string Refused(string yaml, PlanOptions? options = null)
    {
        string message = Assert.Throws<MergeException>(() => Plan(yaml, options)).Message;
        Assert.StartsWith("m.yml", message, StringComparison.Ordinal);
        Assert.EndsWith(message.EndsWith('?') ? "?" : ".", message, StringComparison.Ordinal);
        return message;
    }

    private static float Merged(MergePlan plan, string name)
    {
        PlannedTensor tensor = plan.Tensors.Single(tensor => tensor.Name == name);
        return tensor.Method!.Merge(tensor.ToMerge(plan.Settings))[0];
    }

    private static JsonNode Config(MergePlan plan) => JsonNode.Parse(plan.Files.Single(file => file.Name == "config.json").Text!)!;

    [Theory]
    [InlineData("merge_method: tie\nbase_model: A\n" + Two, "line 1: unknown merge method 'tie'; did you mean 'ties'?")]
    [InlineData("merge_method: ties\n" + Weight + Two, "line 1: method ties works on differences to a base model, but there is no base_model")]
    [InlineData("merge_method: linear\n" + Two, "tensor 'model.embed_tokens.weight', model 'A': parameter 'weight' is missing")]
    [InlineData("merge_method: linear\nparameters: {weight: x}\n" + Two, "parameter 'weight' is 'x', expected a number")]
    [InlineData("merge_method: slerp\nbase_model: C\nparameters: {t: 0.5}\n" + Two, "line 5: method slerp merges exactly 2 models (the base included), found 3: 'A', 'B', 'C'.")]
    [InlineData("merge_method: passthrough\n" + Two, "line 3: method passthrough merges exactly 1 model, found 2: 'A', 'B'.")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: nowhere\n", "line 5: model 'nowhere' is not found")]
    [InlineData("merge_method: linear\n" + Weight + "slices:\n- sources:\n  - {model: A, layer_range: [0, 3]}\n", "line 5: layer_range [0, 3) of model 'A' ends outside the model, which has 2 layers.")]
    [InlineData("merge_method: ties\nbase_model: B\n" + Weight + "slices:\n- sources:\n  - {model: A, layer_range: [0, 2]}\n", "line 5: the base model 'B' is not among the sources of slice 1")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Long\n", "model 'Long' has 3 layers and model 'A' 2, expected the same number; choose layers with slices.")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Mistral\n", "model 'A' is LlamaForCausalLM and model 'Mistral' MistralForCausalLM, expected one architecture")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Wide\n", "line 4: tensor 'model.layers.0.mlp.up_proj.weight': model 'A' has shape [2, 2] and model 'Wide' [3, 3], expected the same")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Poor\n", "tensor 'model.layers.1.mlp.up_proj.weight' is in model 'A' but not in model 'Poor'; expected models of one architecture.")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Cut\n", "config.json has 3 layers, but the tensors 'model.layers.N' are those of 2")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Bare\n", "neither model.safetensors nor model.safetensors.index.json")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Plain\n", "line 5: model 'Plain': folder '")]
    [InlineData("merge_method: linear\n" + Weight + "models:\n- model: A\n- model: Whole\n", "tensor 'model.norm.weight' is F32 in model 'A' and I64 in model 'Whole'")]
    public void What_cannot_be_merged_is_refused_before_anything_is_read(string yaml, string expected)
    {
        foreach (string name in (string[])["A", "B", "C"]) _models.AddLlama(name, 1);
        _models.AddLlama("Long", 1, layers: 3);
        _models.AddLlama("Mistral", 1, architecture: "MistralForCausalLM");
        _models.AddLlama("Wide", 1, width: 3);
        Directory.CreateDirectory(Path.Combine(_models.Folder, "Bare"));
        _models.Add("Poor", [.. Llama(1).Where(tensor => !tensor.Name.EndsWith("1.mlp.up_proj.weight", StringComparison.Ordinal))], TemporaryModels.Config(2));
        _models.Add("Plain", Llama(1));
        _models.Add("Cut", Llama(1), TemporaryModels.Config(3));
        string whole = _models.AddLlama("Whole", 1);
        SafetensorsWriter.Write(Path.Combine(whole, "model.safetensors"), Llama(1).Select(tensor => tensor.Name == "model.norm.weight" ? SafetensorsEntry.FromBytes(tensor.Name, SafetensorsType.I64, [2], new byte[16]) : SafetensorsEntry.FromFloat32(tensor.Name, tensor.Shape, tensor.Values)));
        Assert.Contains(expected, Refused(yaml), StringComparison.Ordinal);
    }

    private static (string Name, long[] Shape, float[] Values)[] Llama(float value) =>
    [
        TemporaryModels.Filled("model.embed_tokens.weight", value, 5, 2), TemporaryModels.Filled("model.norm.weight", value, 2), TemporaryModels.Filled("lm_head.weight", value, 5, 2),
        .. Enumerable.Range(0, 2).SelectMany(i => new[] { TemporaryModels.Filled($"model.layers.{i}.self_attn.q_proj.weight", value, 2, 2), TemporaryModels.Filled($"model.layers.{i}.mlp.up_proj.weight", value, 2, 2) }),
    ];

    [Fact]
    public void Architectures_are_mixed_when_that_is_allowed()
    {
        _models.AddLlama("A", 1);
        _models.AddLlama("B", 3, architecture: "MistralForCausalLM");
        using MergePlan plan = Plan("merge_method: linear\n" + Weight + Two, new PlanOptions { AllowCrimes = true });
        Assert.Contains("allow_crimes", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Equal(2f, Merged(plan, "model.norm.weight"));
    }

    [Theory]
    [InlineData("linear", false, 1.5f)]
    [InlineData("karcher", false, 1.5f)]
    [InlineData("karcher", true, 4f)]
    public void A_base_that_is_not_listed_does_not_take_part_where_it_has_no_role(string method, bool include, float expected)
    {
        _models.AddLlama("A", 1);
        _models.AddLlama("B", 2);
        _models.AddLlama("C", 9);
        using MergePlan plan = Plan($"merge_method: {method}\nbase_model: C\n{(method == "linear" ? Weight : string.Empty)}{Two}", new PlanOptions { IncludeUnlistedBase = include });
        Assert.Equal(expected, Merged(plan, "model.norm.weight"), 5);
        if (!include) Assert.Contains("base_model 'C' is not listed", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_without_effect_are_warned_of()
    {
        _models.AddLlama("A", 1);
        _models.AddLlama("B", 2);
        using MergePlan plan = Plan("merge_method: linear\nparameters: {weight: [{filter: mpl, value: 2}, {value: 1}], normalise: true}\nmodels:\n- model: A\n  parameters: {normalize: false}\n- model: B\n");
        Assert.Equal(3, plan.Warnings.Count);
        Assert.Contains(plan.Warnings, warning => warning.Contains("filter 'mpl' of 'weight' matches no tensor", StringComparison.Ordinal));
        Assert.Contains(plan.Warnings, warning => warning.Contains("'normalise' is no parameter of method linear and has no effect; did you mean 'normalize'?", StringComparison.Ordinal));
        Assert.Contains(plan.Warnings, warning => warning.Contains("'normalize' is a parameter of the whole merge and has no effect at model 'A'", StringComparison.Ordinal));
    }

    [Fact]
    public void Integers_are_copied_from_the_base()
    {
        foreach ((string name, byte value) in (ReadOnlySpan<(string, byte)>)[("A", 1), ("B", 2)])
        {
            string folder = _models.AddLlama(name, value);
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), Llama(value).Select(tensor => SafetensorsEntry.FromFloat32(tensor.Name, tensor.Shape, tensor.Values)).Append(SafetensorsEntry.FromBytes("model.position_ids", SafetensorsType.I64, [1], new byte[] { value, 0, 0, 0, 0, 0, 0, 0 })));
        }

        using MergePlan plan = Plan("merge_method: task_arithmetic\nbase_model: B\ndtype: float16\n" + Weight + "models:\n- model: A\n");
        PlannedTensor copied = plan.Tensors.Single(tensor => tensor.Name == "model.position_ids");
        byte[] bytes = new byte[8];
        Assert.Single(copied.Sources).Tensor.ReadBytes(0, bytes);
        Assert.Null(copied.Method);
        Assert.Equal(SafetensorsType.I64, copied.Type);
        Assert.Equal(2, bytes[0]);
        Assert.All(plan.Tensors.Where(tensor => tensor != copied), tensor => Assert.Equal(SafetensorsType.F16, tensor.Type));
    }

    [Fact]
    public void A_tied_head_is_the_embedding_when_another_model_has_a_head_of_its_own()
    {
        string folder = _models.AddLlama("A", 1, head: false);
        JsonObject config = TemporaryModels.Config(2);
        config["tie_word_embeddings"] = true;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        _models.AddLlama("B", 2);
        using (MergePlan plan = Plan("merge_method: linear\n" + Weight + Two))
        {
            Assert.Equal(1.5f, Merged(plan, "lm_head.weight"));
            Assert.False(Config(plan)["tie_word_embeddings"]!.GetValue<bool>());
            Assert.Contains("has a head of its own", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        }

        _models.AddLlama("B", 2, head: false);
        using MergePlan tied = Plan("merge_method: linear\n" + Weight + Two);
        Assert.DoesNotContain(tied.Tensors, tensor => tensor.Name == "lm_head.weight");
        Assert.Empty(tied.Warnings);
    }

    [Fact]
    public void What_the_leading_model_lacks_is_left_out_with_a_warning_and_an_optional_tensor_is_kept()
    {
        _models.AddLlama("A", 1);
        _models.Add("B", [.. Llama(2), TemporaryModels.Filled("score.weight", 1, 2)], TemporaryModels.Config(2));
        using (MergePlan plan = Plan("merge_method: linear\n" + Weight + Two))
            Assert.Contains("model 'B' has 1 tensor that model 'A' has not, such as 'score.weight'; it is left out", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        _models.Add("A", [.. Llama(1), TemporaryModels.Filled("model.pooler.dense.weight", 3, 2, 2)], TemporaryModels.Config(2));
        using MergePlan pooled = Plan("merge_method: slerp\nbase_model: A\nparameters: {t: 0.5}\n" + Two);
        Assert.Equal(3f, Merged(pooled, "model.pooler.dense.weight"));
    }

    [Fact]
    public void Layers_of_a_wrapped_model_are_found_under_their_longer_names()
    {
        _models.Add("A", [TemporaryModels.Filled("encoder.layer.0.w", 1, 2), TemporaryModels.Filled("embeddings.word_embeddings.weight", 1, 2, 2)], TemporaryModels.Config(1));
        _models.Add("B", [TemporaryModels.Filled("bert.encoder.layer.0.w", 3, 2), TemporaryModels.Filled("bert.embeddings.word_embeddings.weight", 3, 2, 2)], TemporaryModels.Config(1));
        foreach (string order in (string[])[Two, "models:\n- model: B\n- model: A\n"])
        {
            using MergePlan plan = Plan("merge_method: linear\n" + Weight + order);
            Assert.Equal(2, plan.Tensors.Count);
            Assert.All(plan.Tensors, tensor => Assert.Equal(2f, tensor.Method!.Merge(tensor.ToMerge(plan.Settings))[0]));
        }
    }

    [Fact]
    public void Stacked_slices_renumber_layers_and_their_entries_in_the_configuration()
    {
        string folder = _models.AddLlama("A", 1, layers: 3);
        JsonObject config = TemporaryModels.Config(3);
        config["layer_types"] = new JsonArray("full", "sliding", "linear");
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{}");
        using MergePlan plan = Plan("merge_method: passthrough\ndtype: bfloat16\nslices:\n- sources: [{model: A, layer_range: [0, 2]}]\n- sources: [{model: A, layer_range: [1, 3]}]\n");
        Assert.Equal([1f, 11f, 11f, 21f], Enumerable.Range(0, 4).Select(layer => Merged(plan, $"model.layers.{layer}.mlp.up_proj.weight")));
        Assert.Equal(4, Config(plan)["num_hidden_layers"]!.GetValue<int>());
        Assert.Equal(["full", "sliding", "sliding", "linear"], Config(plan)["layer_types"]!.AsArray().Select(node => node!.GetValue<string>()));
        Assert.Equal("bfloat16", Config(plan)["torch_dtype"]!.GetValue<string>());
        Assert.Equal(["config.json", "tokenizer.json", "README.md", "mergekit_config.yml"], plan.Files.Select(file => file.Name));
        Assert.Equal(plan.Configuration, plan.Files[^1].Text);
        Assert.Contains("merge_method: passthrough", plan.Files[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Embeddings_of_two_sizes_are_cut_and_the_configuration_says_so()
    {
        _models.AddLlama("A", 1, rows: 7);
        _models.AddLlama("B", 3, rows: 5);
        using MergePlan plan = Plan("merge_method: linear\n" + Weight + Two);
        Assert.Equal([5, 2], plan.Tensors.Single(tensor => tensor.Name == "lm_head.weight").Shape);
        Assert.Equal(5, Config(plan)["vocab_size"]!.GetValue<int>());
    }

    [Fact]
    public void The_type_without_dtype_is_the_bases_or_holds_all_models_values()
    {
        _models.Add("A", Llama(1), TemporaryModels.Config(2), SafetensorsType.F16);
        _models.Add("B", Llama(1), TemporaryModels.Config(2), SafetensorsType.BF16);
        using MergePlan linear = Plan("merge_method: linear\n" + Weight + Two), ties = Plan("merge_method: ties\nbase_model: B\n" + Weight + Two);
        Assert.All(linear.Tensors, tensor => Assert.Equal(SafetensorsType.F32, tensor.Type));
        Assert.All(ties.Tensors, tensor => Assert.Equal(SafetensorsType.BF16, tensor.Type));
    }
}
