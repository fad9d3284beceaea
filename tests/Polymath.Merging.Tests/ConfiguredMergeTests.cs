using Polymath.Merging.Checkpoints;
using Polymath.Merging.Configuration;
using Polymath.Merging.Execution;
using Polymath.Merging.Planning;
using Polymath.Merging.Sources;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>From a configuration on disk to a merged model on disk.</summary>
public sealed class ConfiguredMergeTests
{
    private static float[] Read(SourceTensor tensor)
    {
        float[] values = new float[tensor.Elements];
        tensor.Read(0, values);
        return values;
    }

    [Fact]
    public void Stages_are_merged_one_after_the_other_into_a_model_that_opens_again()
    {
        using var models = new TemporaryModels();
        models.AddLlama("A", 1);
        models.AddLlama("B", 3);
        models.AddLlama("C", 10);
        string configuration = Path.Combine(models.Folder, "merge.yml");
        File.WriteAllText(configuration, "merge_method: task_arithmetic\nbase_model: A\nparameters: {weight: 0.5}\nmodels:\n- model: soup\n- model: C\ndtype: bfloat16\n---\nname: soup\nmerge_method: linear\nparameters: {weight: 1}\nmodels:\n- model: A\n- model: B\n");
        var locator = new ModelLocator(models.Folder);
        string output = string.Empty;
        foreach (MergeStage stage in MergeStage.Order(MergeConfiguration.LoadAll(configuration)))
        {
            output = Path.Combine(models.Folder, stage.Name ?? "out");
            using MergePlan plan = MergePlanner.Plan(stage.Configuration, new PlanOptions { Locator = locator });
            Merger.Run(plan, new MergeOptions { Output = output, Durable = false }, cancellation: TestContext.Current.CancellationToken);
            if (stage.Name is not null) locator = locator.With(stage.Name, output);
        }

        using Checkpoint merged = Checkpoint.Open(output);
        // 1 + 0.5 (2 - 1) + 0.5 (10 - 1)
        Assert.All(Read(merged.Find("model.norm.weight")!), value => Assert.Equal(6f, value));
        Assert.Equal("bfloat16", merged.Config!["torch_dtype"]!.GetValue<string>());
        Assert.Contains("name: soup", File.ReadAllText(Path.Combine(models.Folder, "soup", "mergekit_config.yml")), StringComparison.Ordinal);
        Assert.Contains("Wortsman", File.ReadAllText(Path.Combine(models.Folder, "soup", "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_real_pytorch_file_and_its_safetensors_merge_to_themselves()
    {
        string folder = SharedFiles.RequireData("resnet-cifar10-checkpoints");
        using var models = new TemporaryModels();
        string output = Path.Combine(models.Folder, "merged.safetensors");
        MergeConfiguration configuration = MergeConfiguration.Parse("merge_method: linear\nparameters: {weight: 0.5}\nmodels:\n- model: resnet20.safetensors\n- model: resnet20-12fca82f.th\n");
        using (MergePlan plan = MergePlanner.Plan(configuration, new PlanOptions { Locator = new ModelLocator(folder) }))
        {
            Assert.Empty(plan.Warnings);
            Merger.Run(plan, new MergeOptions { Output = output, Durable = false }, cancellation: TestContext.Current.CancellationToken);
        }

        using Checkpoint merged = Checkpoint.Open(output), original = Checkpoint.Open(Path.Combine(folder, "resnet20.safetensors"));
        Assert.Equal(original.Names.Order(StringComparer.Ordinal), merged.Names.Order(StringComparer.Ordinal));
        Assert.All(original.Names, name => Assert.Equal(Read(original.Find(name)!), Read(merged.Find(name)!)));
    }

    [Fact]
    public void A_real_language_model_is_merged_with_itself_to_the_same_weights_and_keeps_its_tokenizer()
    {
        string stories = SharedFiles.RequireData("..", "models", "stories260K");
        using var models = new TemporaryModels();
        string output = Path.Combine(models.Folder, "merged");
        MergeConfiguration configuration = MergeConfiguration.Parse($"merge_method: passthrough\nslices:\n- sources: [{{model: {stories}, layer_range: [0, 5]}}]\n- sources: [{{model: {stories}, layer_range: [3, 5]}}]\n");
        using (MergePlan plan = MergePlanner.Plan(configuration))
        {
            Assert.Empty(plan.Warnings);
            Merger.Run(plan, new MergeOptions { Output = output, Durable = false }, cancellation: TestContext.Current.CancellationToken);
        }

        using Checkpoint merged = Checkpoint.Open(output), original = Checkpoint.Open(stories);
        Assert.Equal(7, merged.Config!["num_hidden_layers"]!.GetValue<int>());
        Assert.Equal(Read(original.Find("model.layers.4.mlp.up_proj.weight")!), Read(merged.Find("model.layers.6.mlp.up_proj.weight")!));
        Assert.Equal(File.ReadAllBytes(Path.Combine(stories, "tokenizer.json")), File.ReadAllBytes(Path.Combine(output, "tokenizer.json")));
    }
}
