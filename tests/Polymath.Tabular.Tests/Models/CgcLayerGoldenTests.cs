using System.Text.Json;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The CGC layer against the one of FuxiCTR / STEM: gates with hidden layers, a shared gate over shared experts only.</summary>
public sealed class CgcLayerGoldenTests
{
    private const string Family = "recsys-base";

    [Theory]
    [MemberData(nameof(SharedFiles.GoldenRows), Family, new[] { "cgc_layer_fuxictr" }, MemberType = typeof(SharedFiles))]
    public void Layer_agrees_with_fuxictr(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require(Family, file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected"), config = inputs.GetProperty("config");
        GoldenTolerance tolerance = GoldenTolerance.From(document.RootElement, "outputs");
        GoldenArray x = GoldenArray.From(inputs.GetProperty("x"));
        int tasks = config.GetProperty("num_tasks").GetInt32(), streams = x.Shape[0], rows = x.Shape[1], width = x.Shape[2];
        int[] gateHidden = Widths("gate_hidden_units");

        // A gate's last map is its output; no layer normalises.
        const int Stride = 2;
        var names = new TorchNames()
            .Rule(@"shared_experts\.(.*)", "shared.$1")
            .Rule(@"specific_experts\.(.*)", "specific.$1")
            .Rule($@"gate\.{tasks}\.layers\.{gateHidden.Length}\.(.*)", "shared_gate.$1")
            .Rule($@"gate\.{tasks}\.(.*)", "shared_gate.hidden.$1")
            .Rule($@"gate\.(\d+)\.layers\.{gateHidden.Length}\.(.*)", "gates.$1.$2")
            .Rule(@"gate\.(\d+)\.(.*)", "gates.$1.hidden.$2");
        Dictionary<string, GoldenArray> state = names.Translate(TorchNames.Unroll(GoldenArray.Map(inputs.GetProperty("state_dict")), Stride));
        var layer = new CgcLayer(width, new CgcLayerOptions
        {
            SpecificExperts = [.. Enumerable.Repeat(config.GetProperty("num_specific_experts").GetInt32(), tasks)],
            SharedExperts = config.GetProperty("num_shared_experts").GetInt32(),
            Expert = new MlpOptions { Hidden = Widths("expert_hidden_units") },
            Gate = new GateOptions { Hidden = gateHidden },
            SharedGateView = SharedGateView.SharedExperts,
        }, new RandomStream(1));
        GoldenModel.Load(layer, state);

        Tensor all = Tensor.FromArray(x.Values, x.Shape);
        Tensor[] outputs = new Tensor[streams], gates = new Tensor[streams];
        layer.Forward([.. Enumerable.Range(0, streams).Select(stream => all.Select(0, stream))], outputs, gates);
        tolerance.Check("outputs", GoldenArray.From(expected.GetProperty("outputs")).Values, [.. outputs.SelectMany(output => output.ToArray())]);
        tolerance.Check("mean gates", GoldenArray.From(expected.GetProperty("mean_gates")).Values, [.. gates.Take(tasks).SelectMany(gate => gate.Mean(0).ToArray())]);

        int[] Widths(string key) => [.. config.GetProperty(key).EnumerateArray().Select(entry => entry.GetInt32())];
    }
}
