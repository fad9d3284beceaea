using Polymath.Merging.Configuration;
using Polymath.Merging.Execution;
using Polymath.Merging.Planning;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Real trained networks: the CIFAR-10 residual networks and a small language model, merged from their files to files, and run.</summary>
public sealed class RealCheckpointTests : IDisposable
{
    private const float Damage = 0.6f;
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-real-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// Five copies of ResNet-20 with independent noise on every filter are each much worse than the original; their average, with a fifth of the
    /// noise variance, is nearly as good. So are the copies' task vectors added to their average.
    /// </summary>
    [Fact]
    public void The_average_of_damaged_copies_of_a_residual_network_classifies_better_than_any_of_them()
    {
        string original = SharedFiles.RequireData("resnet-cifar10-checkpoints", "resnet20.safetensors");
        (float[] images, int[] labels) = CifarResNet.Read(SharedFiles.RequireData("cifar10", "test_jpeg_decoded_1000.bin.gz"), every: 5);
        ModelState state = ModelState.Load(original);
        double whole = CifarResNet.Accuracy(state, images, labels);
        Assert.InRange(whole, 0.74, 0.87); // 80.4 % on all 1,000 images, by the data's own notes
        string[] copies = [.. Enumerable.Range(0, 5).Select(copy => Damaged(state, copy))];
        double[] each = [.. copies.Select(copy => CifarResNet.Accuracy(ModelState.Load(copy), images, labels))];
        double soup = CifarResNet.Accuracy(Merge($"merge_method: linear\nmodels: [{string.Join(", ", copies.Select(copy => $"{{model: {copy}, parameters: {{weight: 1}}}}"))}]"), images, labels);
        Assert.True(soup > each.Max() + 0.05, $"soup {soup:0.000}, the best copy {each.Max():0.000}, original {whole:0.000}");
        Assert.True(soup > whole - 0.1, $"soup {soup:0.000}, original {whole:0.000}");
    }

    [Theory]
    [InlineData("slerp", "t: 0.5")]
    [InlineData("ties", "weight: 0.5, density: 1")]
    [InlineData("task_arithmetic", "weight: 0.5")]
    [InlineData("nearswap", "t: 0.001")]
    public void The_file_of_PyTorch_and_its_copy_merge_to_the_same_network(string method, string parameters)
    {
        string safetensors = SharedFiles.RequireData("resnet-cifar10-checkpoints", "resnet20.safetensors"), torch = SharedFiles.RequireData("resnet-cifar10-checkpoints", "resnet20-12fca82f.th");
        ModelState original = ModelState.Load(safetensors), merged = Merge($"merge_method: {method}\nbase_model: {safetensors}\nmodels: [{{model: {safetensors}}}, {{model: {torch}}}]\nparameters: {{{parameters}}}");
        original.RequireSameLayout(merged, "the merged network");
        for (int i = 0; i < original.Count; i++)
        {
            Span<float> expected = original[i], found = merged[original.Names[i]];
            for (int j = 0; j < expected.Length; j++) Assert.Equal(expected[j], found[j], 1e-5f + (1e-5f * Math.Abs(expected[j])));
        }
    }

    [Fact]
    public void Networks_of_other_depths_share_the_blocks_that_all_have()
    {
        string[] files = [.. ((string[])["resnet20-12fca82f.th", "resnet32-d509ac18.th", "resnet56-4bfd9763.th"]).Select(file => SharedFiles.RequireData("resnet-cifar10-checkpoints", file))];
        string yaml = $"merge_method: linear\nmodels: [{string.Join(", ", files.Select(file => $"{{model: {file}, parameters: {{weight: 1}}}}"))}]";
        ModelState shared = Merge(yaml, new PlanOptions { Tensors = TensorSelection.Intersection, AllowCrimes = true }), smallest = ModelState.Load(SharedFiles.RequireData("resnet-cifar10-checkpoints", "resnet20.safetensors"));
        Assert.Equal(smallest.Names.Order(StringComparer.Ordinal), shared.Names.Order(StringComparer.Ordinal));
        Assert.Throws<MergeException>(() => Merge(yaml));
    }

    [Fact]
    public void A_language_model_merged_with_itself_in_half_precision_is_itself_rounded_once()
    {
        string folder = Path.GetFullPath(Path.Combine(SharedFiles.RequireData("cifar10"), "..", "..", "models", "stories260K"));
        if (!Directory.Exists(folder)) Assert.Skip("the model stories260K is not there");
        using MergePlan plan = MergePlanner.Plan(MergeConfiguration.Parse($"merge_method: linear\nmodels: [{{model: {folder}, parameters: {{weight: 0.7}}}}]\ndtype: bfloat16"));
        MergeResult result = Merger.Run(plan, new MergeOptions { Output = Path.Combine(_folder, "stories") }, cancellation: TestContext.Current.CancellationToken);
        ModelState original = ModelState.Load(Path.Combine(folder, "model.safetensors")), merged = ModelState.Load(Path.Combine(result.Output, "model.safetensors"));
        original.RequireSameLayout(merged, "the merged model");
        foreach (string name in original.Names)
        {
            Span<float> expected = original[name], found = merged[name];
            for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - found[i]) <= Math.Abs(expected[i]) / 255, $"{name}, element {i}");
        }

        Assert.True(File.Exists(Path.Combine(result.Output, "tokenizer.json")));
    }

    private ModelState Merge(string yaml, PlanOptions? options = null)
    {
        string output = Path.Combine(_folder, $"{Guid.NewGuid():N}.safetensors");
        using MergePlan plan = MergePlanner.Plan(MergeConfiguration.Parse(yaml), options);
        Merger.Run(plan, new MergeOptions { Output = output }, cancellation: TestContext.Current.CancellationToken);
        return ModelState.Load(output);
    }

    // Noise in proportion to each filter tensor's own deviation; normalisation and its statistics stay.
    private string Damaged(ModelState state, int copy)
    {
        string path = Path.Combine(_folder, $"copy{copy}.safetensors");
        state.Map((i, values) =>
        {
            float[] damaged = (float[])values.Clone();
            if (state.ShapeOf(i).Rank < 2) return damaged;
            float deviation = MathF.Sqrt(values.Sum(value => value * value) / values.Length);
            float[] noise = new float[values.Length];
            new RandomStream(8).Derive($"{copy} {state.Names[i]}").FillNormal(noise, deviation: Damage * deviation);
            for (int j = 0; j < noise.Length; j++) damaged[j] += noise[j];
            return damaged;
        }).Save(path);
        return path;
    }
}
