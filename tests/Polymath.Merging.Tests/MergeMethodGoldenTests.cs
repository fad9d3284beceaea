using System.Text.Json;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Every method against mergekit's own results: each file holds models, parameters and the merged tensors of one case.</summary>
public sealed class MergeMethodGoldenTests
{
    private const string System = "merging-base";

    /// <summary>Files that name a method; the others (whole configurations, tokenizers, systems) have classes of their own.</summary>
    public static TheoryData<string> Cases
    {
        get
        {
            var rows = new TheoryData<string>();
            foreach (string path in SharedFiles.Golden(System))
            {
                using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(path));
                if (golden.RootElement.GetProperty("inputs").TryGetProperty("method", out _)) rows.Add(Path.GetFileName(path));
            }

            if (rows.Count == 0) rows.Add(string.Empty);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_method_gives_the_reference_result(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs"), tolerance = golden.RootElement.GetProperty("tolerance");
        MergeMethod method = MergeMethods.Find(inputs.GetProperty("method").GetString()!);
        double absolute = tolerance.GetProperty("abs").GetDouble(), relative = tolerance.GetProperty("rel").GetDouble();
        foreach (JsonProperty expected in golden.RootElement.GetProperty("expected").GetProperty("merged").EnumerateObject())
        {
            float[] merged = method.Merge(Tensor(method, inputs, expected.Name));
            GoldenNumbers.Near(GoldenNumbers.Flatten(expected.Value), merged, absolute, relative, $"{method.Name}, tensor '{expected.Name}'");
        }
    }

    private static TensorMerge Tensor(MergeMethod method, JsonElement inputs, string name)
    {
        var sources = new List<MergeSource>();
        JsonElement models = inputs.GetProperty("models"), parameters = inputs.GetProperty("model_parameters");
        if (inputs.TryGetProperty("base", out JsonElement theta0) && theta0.ValueKind == JsonValueKind.Object)
            sources.Add(new MergeSource("base", Memory(theta0, name), IsBase: true, ParameterSet.Resolve(method.ModelParameters, new Dictionary<string, object?>(), "base", optional: true)));
        for (int i = 0; i < models.GetArrayLength(); i++)
            sources.Add(new MergeSource($"m{i}", Memory(models[i], name), IsBase: false, ParameterSet.Resolve(method.ModelParameters, GoldenNumbers.Parameters(parameters[i]), $"m{i}")));
        var settings = new MergeSettings { Draws = new RecordedDraws(inputs, name, parameters) };
        return new TensorMerge(name, sources[0].Tensor.Shape, sources, ParameterSet.Resolve(method.Parameters, GoldenNumbers.Parameters(inputs.GetProperty("parameters")), method.Name), settings);
    }

    private static MemoryTensor Memory(JsonElement model, string name)
    {
        JsonElement values = model.GetProperty(name);
        return new MemoryTensor(name, GoldenNumbers.ShapeOf(values), GoldenNumbers.Flatten(values));
    }

    /// <summary>Draws that repeat the recorded masks: 0 for a kept element and 1 for a dropped one, whatever the probability.</summary>
    private sealed class RecordedDraws : RandomDraws
    {
        private readonly Dictionary<string, float[]> _draws = new(StringComparer.Ordinal);

        public RecordedDraws(JsonElement inputs, string tensor, JsonElement parameters)
            : base(0)
        {
            if (!inputs.TryGetProperty("masks", out JsonElement masks)) return;
            int recorded = 0;
            for (int i = 0; i < parameters.GetArrayLength(); i++)
            {
                if (!parameters[i].TryGetProperty("density", out JsonElement density) || density.GetDouble() >= 1) continue;
                _draws[$"m{i}"] = Array.ConvertAll(GoldenNumbers.Flatten(masks.GetProperty(tensor)[recorded++]), mask => 1f - mask);
            }
        }

        public override void Fill(string tensor, string model, long start, Span<float> draws) => _draws[model].AsSpan((int)start, draws.Length).CopyTo(draws);
    }
}
