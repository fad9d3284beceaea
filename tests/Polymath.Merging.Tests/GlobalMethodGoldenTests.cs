using System.Text.Json;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>The methods that survey a whole model, as a configuration runs them, against the official code on flattened models: each is cut into several tensors.</summary>
public sealed class GlobalMethodGoldenTests
{
    public static TheoryData<string> Ties => SharedFiles.GoldenRows("merging-base", "ties_global_");

    public static TheoryData<string> Consensus => SharedFiles.GoldenRows("tall-masks", "masks_consensus_");

    [Theory]
    [MemberData(nameof(Ties))]
    public void Global_ties_gives_the_authors_result(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require("merging-base", file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs");
        float[][] vectors = [.. inputs.GetProperty("task_vectors").EnumerateArray().Select(GoldenNumbers.Flatten)];
        Dictionary<string, object?> parameters = new() { ["K"] = inputs.GetProperty("K").GetDouble(), ["merge_func"] = inputs.GetProperty("merge_func").GetString(), ["lambda"] = 1.0 };
        Compare(golden.RootElement, GoldenNumbers.Flatten(golden.RootElement.GetProperty("expected").GetProperty("merged")), Merge(new TiesGlobal(), new float[vectors[0].Length], vectors, parameters));
    }

    [Theory]
    [MemberData(nameof(Consensus))]
    public void Consensus_merging_gives_the_authors_result(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require("tall-masks", file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs");
        float[] theta0 = GoldenNumbers.Flatten(inputs.GetProperty("theta0"));
        float[][] models = [.. inputs.GetProperty("theta_t").EnumerateArray().Select(GoldenNumbers.Flatten)];
        MergeMethod method = inputs.GetProperty("multi_task_vector_kind").GetString() == "ta" ? new ConsensusTaskArithmetic() : new ConsensusTies();
        foreach (JsonProperty least in golden.RootElement.GetProperty("expected").GetProperty("consensus_from_lambda_0.4").EnumerateObject())
        {
            Dictionary<string, object?> parameters = new() { ["k"] = double.Parse(least.Name, System.Globalization.CultureInfo.InvariantCulture), ["lambda"] = 1.0 };
            float[] vector = GoldenNumbers.Flatten(least.Value.GetProperty("merged_tv"));
            Compare(golden.RootElement, [.. vector.Select((value, i) => theta0[i] + value)], Merge(method, theta0, models, parameters));
        }
    }

    private static void Compare(JsonElement golden, float[] expected, float[] found)
        => GoldenNumbers.Near(expected, found, golden.GetProperty("tolerance").GetProperty("abs").GetDouble(), golden.GetProperty("tolerance").GetProperty("rel").GetDouble(), "merged");

    private static float[] Merge(MergeMethod method, float[] theta0, float[][] models, Dictionary<string, object?> parameters)
    {
        ParameterSet global = ParameterSet.Resolve(method.Parameters, parameters, method.Name);
        int[] cuts = [0, theta0.Length / 4, theta0.Length / 2, theta0.Length];
        TensorMerge[] tensors = [.. Enumerable.Range(0, 3).Select(part => new TensorMerge($"t{part}", [cuts[part + 1] - cuts[part]], [Source("base", theta0[cuts[part]..cuts[part + 1]], true), .. models.Select((model, i) => Source($"m{i}", model[cuts[part]..cuts[part + 1]], false))], global))];
        object? survey = method.Survey(tensors);
        return [.. tensors.SelectMany(tensor => method.Merge(new TensorMerge(tensor.Name, tensor.Shape, tensor.Sources, global) { Survey = survey }))];

        MergeSource Source(string name, float[] values, bool isBase) => new(name, new MemoryTensor(name, [values.Length], values), isBase, ParameterSet.Empty);
    }
}
