using System.Text.Json;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>EMR, Iso-C and TSV-M against the official ports, which work on task vectors.</summary>
public sealed class TaskVectorMethodGoldenTests
{
    private const string System = "merging-base";

    public static TheoryData<string> EmrCases => SharedFiles.GoldenRows(System, "emr");

    public static TheoryData<string> SpectralCases => SharedFiles.GoldenRows(System, "iso_c", "tsv_m");

    [Theory]
    [MemberData(nameof(EmrCases))]
    public void Emr_as_a_method_gives_the_reference_model_of_each_task(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs"), expected = golden.RootElement.GetProperty("expected"), tolerance = golden.RootElement.GetProperty("tolerance");
        double absolute = tolerance.GetProperty("abs").GetDouble(), relative = tolerance.GetProperty("rel").GetDouble();
        TaskVector[] vectors = Vectors(inputs);
        float[] rescalers = GoldenNumbers.Flatten(expected.GetProperty("rescalers"));

        // b + rescaler mask unified with b = 0, the rescaler from a survey of all tensors.
        for (int task = 0; task < vectors.Length; task++)
        {
            TensorMerge[] tensors = Tensors(new Emr(), inputs, new() { ["task"] = $"m{task}" });
            object? survey = new Emr().Survey(tensors);
            foreach (TensorMerge tensor in tensors)
            {
                float[] mask = GoldenNumbers.Flatten(expected.GetProperty("masks").GetProperty(tensor.Name)[task]);
                float[] wanted = [.. GoldenNumbers.Flatten(expected.GetProperty("unified").GetProperty(tensor.Name)).Select((value, i) => value * mask[i] * rescalers[task])];
                GoldenNumbers.Near(wanted, new Emr().Merge(new TensorMerge(tensor.Name, tensor.Shape, tensor.Sources, tensor.Parameters) { Survey = survey }), absolute, 2 * relative, $"{tensor.Name} for task {task}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(SpectralCases))]
    public void A_spectral_method_gives_the_reference_result(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement tolerance = golden.RootElement.GetProperty("tolerance");
        MergeMethod method = file.StartsWith("iso_c", StringComparison.Ordinal) ? new IsoC() : new TsvM();
        foreach (TensorMerge tensor in Tensors(method, golden.RootElement.GetProperty("inputs"), []))
        {
            float[] expected = GoldenNumbers.Flatten(golden.RootElement.GetProperty("expected").GetProperty("merged_task_vector").GetProperty(tensor.Name));
            GoldenNumbers.Near(expected, method.Merge(tensor), tolerance.GetProperty("abs").GetDouble(), tolerance.GetProperty("rel").GetDouble(), tensor.Name);
        }
    }

    private static TaskVector[] Vectors(JsonElement inputs) => [.. inputs.GetProperty("task_vectors").EnumerateArray().Select(vector => new TaskVector(new ModelState(vector.EnumerateObject().Select(tensor => (tensor.Name, new Shape([.. GoldenNumbers.ShapeOf(tensor.Value).Select(axis => (int)axis)]), GoldenNumbers.Flatten(tensor.Value))))))];

    // Task vectors are models of a base of zeros.
    private static TensorMerge[] Tensors(MergeMethod method, JsonElement inputs, Dictionary<string, object?> parameters) => [.. inputs.GetProperty("task_vectors")[0].EnumerateObject().Select(tensor =>
    {
        long[] shape = GoldenNumbers.ShapeOf(tensor.Value);
        MergeSource[] models = [.. inputs.GetProperty("task_vectors").EnumerateArray().Select((vector, i) => new MergeSource($"m{i}", new MemoryTensor(tensor.Name, shape, GoldenNumbers.Flatten(vector.GetProperty(tensor.Name))), IsBase: false, ParameterSet.Resolve(method.ModelParameters, new Dictionary<string, object?>(), $"m{i}")))];
        MergeSource theta0 = new("base", new MemoryTensor(tensor.Name, shape, new float[models[0].Tensor.Elements]), IsBase: true, ParameterSet.Empty);
        return new TensorMerge(tensor.Name, shape, [theta0, .. models], ParameterSet.Resolve(method.Parameters, parameters, method.Name));
    })];
}
