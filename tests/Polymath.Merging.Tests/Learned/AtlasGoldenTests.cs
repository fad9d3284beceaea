using System.Globalization;
using System.Text.Json;
using Polymath.Learning.Optimization;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>The official aTLAS: every step of the three ways to scale, its penalty, and its loss at test time.</summary>
public sealed class AtlasGoldenTests
{
    private const string System = "atlas";

    public static TheoryData<string> Runs => SharedFiles.GoldenRows(System, "blockwise", "isotropic", "partition");

    public static TheoryData<string> Penalties => SharedFiles.GoldenRows(System, "lp_reg");

    public static TheoryData<string> UfmLosses => SharedFiles.GoldenRows(System, "ufm_loss");

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_step_repeats_the_official_one(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs"), expected = golden.GetProperty("expected").GetProperty("steps");
        ModelState theta0 = GoldenModels.State(inputs.GetProperty("theta0"));
        var network = new GoldenNetwork(theta0);
        var pool = new TaskVectorPool(theta0, [.. inputs.GetProperty("task_vectors").EnumerateArray().Select((tensors, v) => new NamedTaskVector(v.ToString(CultureInfo.InvariantCulture), new TaskVector(GoldenModels.State(tensors))))]);
        Tensor x = GoldenNetwork.Rows(inputs.GetProperty("x"));
        int[] y = [.. inputs.GetProperty("y").EnumerateArray().Select(label => label.GetInt32())];
        int steps = 0;
        Atlas.Learn(network, pool, AtlasObjective.Addition(SupervisedTask.Classification("golden", y, rows => network.Forward(x.GatherRows(IndexTensor.FromArray(rows))))), new AtlasOptions
        {
            Granularity = file[..4] switch { "bloc" => CoefficientGranularity.PerTensor, "isot" => CoefficientGranularity.Isotropic, _ => GivenPartition(inputs) },
            LearningRate = inputs.GetProperty("lr").GetDouble(),
            WeightDecay = inputs.GetProperty("weight_decay").GetDouble(),
            Schedule = LearningRateSchedule.Constant,
            Epochs = expected.GetArrayLength(),
            BatchSize = y.Length,
            Shuffle = false,
            Observer = (in CoefficientStep step) =>
            {
                JsonElement wanted = expected[steps++];
                GoldenModels.Near([wanted.GetProperty("loss").GetSingle()], [(float)step.Loss], golden, $"loss {steps}");
                GoldenModels.Near(GoldenModels.Flat(wanted.GetProperty("grad_before_clip")), step.Gradient, golden, $"gradient {steps}");
                GoldenModels.Near([wanted.GetProperty("grad_norm").GetSingle()], [(float)step.GradientNorm], golden, $"norm {steps}");
                GoldenModels.Near(GoldenModels.Flat(wanted.GetProperty("coef_after")), step.Coefficients, golden, $"coefficients {steps}");
            },
        }, TestContext.Current.CancellationToken);
        Assert.Equal(expected.GetArrayLength(), steps);
    }

    [Theory]
    [MemberData(nameof(Penalties))]
    public void The_penalty_is_the_official_one(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, coefficients = golden.GetProperty("inputs").GetProperty("coef");
        foreach (JsonProperty wanted in golden.GetProperty("expected").EnumerateObject())
        {
            int? p = wanted.Name == "none" ? null : int.Parse(wanted.Name.AsSpan(1), CultureInfo.InvariantCulture);
            GoldenModels.Near([wanted.Value.GetSingle()], [(float)CoefficientNorm.Penalty(GoldenModels.Flat(coefficients), coefficients.GetArrayLength(), p, 0.5)], golden, wanted.Name);
        }
    }

    [Theory]
    [MemberData(nameof(UfmLosses))]
    public void The_loss_at_test_time_is_the_official_one(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs");
        bool[] trusted = [.. inputs.GetProperty("trusted").EnumerateArray().Select(flag => flag.GetBoolean())];
        Tensor loss = UfmLoss.Forward(GoldenNetwork.Rows(inputs.GetProperty("logits1")), GoldenNetwork.Rows(inputs.GetProperty("logits2")), GoldenModels.Flat(inputs.GetProperty("targets")), trusted, inputs.GetProperty("thresh").GetSingle());
        GoldenModels.Near([golden.GetProperty("expected").GetProperty("loss").GetSingle()], [loss.Item()], golden, "loss");
    }

    /// <summary>The partition of the file: masks [parts, ...shape] under "6x5". Tensors without two axes stay, as in the official code.</summary>
    private static CoefficientGranularity GivenPartition(JsonElement inputs)
    {
        int parts = inputs.GetProperty("partition_K").GetInt32();
        JsonElement masks = inputs.GetProperty("masks_by_shape");
        return CoefficientGranularity.Partition(parts, (_, shape) =>
        {
            if (shape.Rank != 2) return null;
            float[] flat = GoldenModels.Flat(masks.GetProperty(string.Join('x', shape.Axis.ToArray())));
            return [.. Enumerable.Range(0, shape.Length).Select(i => Enumerable.Range(0, parts).Single(part => flat[(part * shape.Length) + i] == 1f))];
        });
    }
}
