using System.Text.Json;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Every step of the official AdaMerging: losses, gradients and coefficients, layer by layer and task by task.</summary>
public sealed class AdaMergingGoldenTests
{
    private const string System = "adamerging";

    public static TheoryData<string> Runs => SharedFiles.GoldenRows(System, "layer_wise", "task_wise");

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_step_repeats_the_official_one(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs"), expected = golden.GetProperty("expected").GetProperty("steps"), batches = inputs.GetProperty("batches_per_step");
        ModelState theta0 = GoldenModels.State(inputs.GetProperty("theta0"));
        var network = new GoldenNetwork(theta0);
        JsonProperty[] heads = [.. inputs.GetProperty("heads").EnumerateObject()];
        var pool = new TaskVectorPool(theta0, [.. inputs.GetProperty("task_vectors").EnumerateArray().Select((tensors, t) => new NamedTaskVector(heads[t].Name, new TaskVector(GoldenModels.State(tensors))))]);
        UnlabeledTask[] tasks = [.. heads.Select(head =>
        {
            JsonElement[] rows = [.. batches.EnumerateArray().SelectMany(step => step.GetProperty(head.Name).EnumerateArray()).SelectMany(batch => batch.EnumerateArray())];
            Tensor all = Tensor.FromArray([.. rows.SelectMany(GoldenModels.Flat)], rows.Length, rows[0].GetArrayLength()), weight = GoldenNetwork.Rows(head.Value.GetProperty("weight")), bias = Tensor.FromArray(GoldenModels.Flat(head.Value.GetProperty("bias")));
            return new UnlabeledTask(head.Name, rows.Length, taken => Fused.Linear(network.Forward(all.GatherRows(IndexTensor.FromArray(taken))), weight, bias));
        })];
        JsonElement firstBatches = batches[0].GetProperty(heads[0].Name);
        int steps = 0, blocks = file.StartsWith("layer", StringComparison.Ordinal) ? theta0.Count : 1;
        AdaMergingResult result = AdaMerging.Fit(network, pool, tasks, new AdaMergingOptions
        {
            Granularity = blocks == 1 ? CoefficientGranularity.Isotropic : CoefficientGranularity.PerTensor,
            LearningRate = inputs.GetProperty("lr").GetDouble(),
            Initial = inputs.GetProperty("init").GetDouble(),
            Steps = expected.GetArrayLength(),
            BatchSize = firstBatches[0].GetArrayLength(),
            BatchesPerStep = firstBatches.GetArrayLength(),
            Shuffle = false,
            Observer = (in CoefficientStep step) =>
            {
                JsonElement wanted = expected[steps++];
                GoldenModels.Near([wanted.GetProperty("loss").GetSingle()], [(float)step.Loss], golden, $"loss {steps}");
                GoldenModels.Near(GoldenModels.Flat(wanted.GetProperty("grad")), ByBlock(step.Gradient, pool.Count), golden, $"gradient {steps}");
                GoldenModels.Near(GoldenModels.Flat(wanted.GetProperty("lambdas_raw_after")), ByBlock(step.Trained, pool.Count), golden, $"raw coefficients {steps}");
                float[] clamped = ByBlock(step.Coefficients, pool.Count);
                GoldenModels.Near(GoldenModels.Flat(wanted.GetProperty("lambdas_after")), [.. Enumerable.Range(0, blocks).SelectMany(b => clamped.Skip(b * pool.Count).Take(pool.Count).Prepend(1f))], golden, $"coefficients {steps}");
            },
        }, TestContext.Current.CancellationToken);
        Assert.Equal(expected.GetArrayLength(), steps);
        Assert.Equal(theta0.Names, result.Merged.Names);
        for (int tensor = 0; tensor < theta0.Count; tensor++) Assert.Equal(theta0[tensor].ToArray(), ModelState.From(network)[tensor].ToArray());
    }

    /// <summary>The files list [blocks, tasks].</summary>
    private static float[] ByBlock(ReadOnlySpan<float> values, int tasks)
    {
        float[] transposed = new float[values.Length];
        int blocks = values.Length / tasks;
        for (int i = 0; i < values.Length; i++) transposed[(i % blocks * tasks) + (i / blocks)] = values[i];
        return transposed;
    }
}
