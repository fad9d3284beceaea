using System.Text.Json;
using Polymath.Merging.TaskVectors;
using Polymath.Merging.Twin;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Shared experts, exclusive vectors, inference weights and the router against the official code.</summary>
public sealed class TwinMergingGoldenTests
{
    private const string System = "twin-merging";

    public static TheoryData<string> Mixtures => SharedFiles.GoldenRows(System, "dynamic_");

    public static TheoryData<string> Routers => SharedFiles.GoldenRows(System, "router_eval");

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Shared_exclusive_and_mixed_weights_repeat_the_authors(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs"), expected = golden.GetProperty("expected");
        ModelState theta0 = GoldenModels.State(inputs.GetProperty("theta0"));
        ModelState[] tuned = [.. inputs.GetProperty("theta_k").EnumerateArray().Select(GoldenModels.State)];
        CompressionKind kind = inputs.GetProperty("mask_strategy").GetString() switch
        {
            "svd" => CompressionKind.LowRank,
            "magnitude" => CompressionKind.Magnitude,
            string other => throw new InvalidDataException($"{file}: unknown strategy {other}"),
            null => throw new InvalidDataException($"{file}: no strategy"),
        };
        TwinModel twin = TwinMerging.Build(theta0, tuned, new TwinOptions { Scaling = inputs.GetProperty("scaling").GetSingle(), Compression = TwinCompression.FromMaskRate(kind, inputs.GetProperty("mask_rate").GetDouble()) });
        float[] logits = GoldenModels.Flat(inputs.GetProperty("router_logits")), weights = new float[logits.Length];
        global::System.Numerics.Tensors.TensorPrimitives.SoftMax(logits, weights);
        GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("weights")), weights, golden, "weights");
        ModelState mixed = twin.Materialise(weights);
        foreach (string name in theta0.Names)
        {
            GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("shared").GetProperty(name)), twin.Shared[name], golden, $"shared {name}");
            GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("inference").GetProperty(name)), mixed[name], golden, $"mixed {name}");
            for (int task = 0; task < tuned.Length; task++)
            {
                float[] exclusive = new float[theta0[name].Length];
                twin.Parts[task].Exclusive[name].AddTo(exclusive, 1f);
                GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("exclusive")[task].GetProperty(name)), exclusive, golden, $"exclusive {task} {name}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Routers))]
    public void The_router_repeats_the_authors(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs");
        ModelState state = GoldenModels.State(inputs.GetProperty("state"));
        string[] tasks = [.. Enumerable.Range(0, state["fc4.bias"].Length).Select(task => $"{task}")];
        float[] logits = TwinRouter.FromState(state, tasks).Logits(GoldenModels.Flat(inputs.GetProperty("x")));
        GoldenModels.Near(GoldenModels.Flat(golden.GetProperty("expected").GetProperty("logits")), logits, golden, "logits");
    }
}
