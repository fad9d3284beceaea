using System.Text.Json;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Merging.Statistics;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Fisher merging and RegMean against the official ports, both in memory and as methods of a configuration that read files.</summary>
public sealed class StatisticsGoldenTests : IDisposable
{
    private const string System = "merging-base";
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-statistics-").FullName;

    public static TheoryData<string> FisherCases => SharedFiles.GoldenRows(System, "fisher");

    public static TheoryData<string> RegMeanCases => SharedFiles.GoldenRows(System, "regmean");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(FisherCases))]
    public void Fisher_merging_gives_the_reference_result(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs");
        ModelState[] models = States(inputs.GetProperty("models")), fisher = States(inputs.GetProperty("fisher"));
        double[] coefficients = [.. GoldenNumbers.Flatten(inputs.GetProperty("coefficients")).Select(value => (double)value)];
        bool normalize = inputs.GetProperty("normalize_fisher_weight").GetBoolean();
        double minimum = inputs.GetProperty("minimal_fisher_weight").GetDouble();
        ModelState merged = FisherMerging.Merge(models, fisher, new FisherOptions { Coefficients = coefficients, Normalize = normalize, MinimalWeight = minimum });
        Compare(golden.RootElement, name => merged[name].ToArray());
        CompareMethod(golden.RootElement, new Fisher(), models, fisher, "fisher", new() { ["normalize_fisher_weight"] = normalize, ["minimal_fisher_weight"] = minimum }, coefficients);
    }

    [Theory]
    [MemberData(nameof(RegMeanCases))]
    public void RegMean_gives_the_reference_result(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs");
        ModelState[] models = States(inputs.GetProperty("models")), grams = States(inputs.GetProperty("grams"));
        double ratio = inputs.GetProperty("reduce_non_diagonal_ratio").GetDouble();
        bool transposed = inputs.GetProperty("weight_transpose").GetBoolean();
        ModelState merged = RegMeanMerging.Merge(models, grams, new RegMeanOptions { NonDiagonalRatio = ratio, Transposed = transposed });
        Compare(golden.RootElement, name => merged[name].ToArray());
        CompareMethod(golden.RootElement, new RegMean(), models, grams, "gram", new() { ["reduce_non_diagonal_ratio"] = ratio, ["weight_transpose"] = transposed }, null);
    }

    // As a configuration does it: statistics from files, one survey of all tensors, then every tensor on its own.
    private void CompareMethod(JsonElement golden, MergeMethod method, ModelState[] models, ModelState[] statistics, string key, Dictionary<string, object?> parameters, double[]? weights)
    {
        string[] paths = [.. statistics.Select((state, i) => Path.Combine(_folder, $"{key}{i}.safetensors"))];
        for (int i = 0; i < paths.Length; i++) statistics[i].Save(paths[i]);
        ParameterSet global = ParameterSet.Resolve(method.Parameters, parameters, "test");
        TensorMerge[] tensors = [.. models[0].Names.Select((name, tensor) => new TensorMerge(name, Dimensions(models[0], tensor), [.. models.Select((model, i) =>
        {
            Dictionary<string, object?> own = new() { [key] = paths[i], ["weight"] = weights?[i] };
            return new MergeSource($"m{i}", new MemoryTensor(name, Dimensions(model, tensor), model[name].ToArray()), IsBase: false, ParameterSet.Resolve(method.ModelParameters, own, $"m{i}"));
        })], global))];
        object? survey = method.NeedsSurvey ? method.Survey(tensors) : null;
        Compare(golden, name =>
        {
            TensorMerge tensor = Array.Find(tensors, candidate => candidate.Name == name)!;
            return method.Merge(new TensorMerge(tensor.Name, tensor.Shape, tensor.Sources, global) { Survey = survey });
        });
    }

    private static long[] Dimensions(ModelState model, int tensor) => [.. model.ShapeOf(tensor).Axis.ToArray().Select(axis => (long)axis)];

    private static void Compare(JsonElement golden, Func<string, float[]> found)
    {
        JsonElement tolerance = golden.GetProperty("tolerance");
        foreach (JsonProperty expected in golden.GetProperty("expected").GetProperty("merged").EnumerateObject())
            GoldenNumbers.Near(GoldenNumbers.Flatten(expected.Value), found(expected.Name), tolerance.GetProperty("abs").GetDouble(), tolerance.GetProperty("rel").GetDouble(), expected.Name);
    }

    private static ModelState[] States(JsonElement models) => [.. models.EnumerateArray().Select(model => new ModelState(model.EnumerateObject().Select(tensor => (tensor.Name, new Shape([.. GoldenNumbers.ShapeOf(tensor.Value).Select(axis => (int)axis)]), GoldenNumbers.Flatten(tensor.Value)))))];
}
