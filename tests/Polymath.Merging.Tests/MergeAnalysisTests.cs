using System.Xml;
using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Planning;
using Polymath.Merging.Reporting;
using Polymath.Merging.Sources;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

public sealed class MergeAnalysisTests
{
    [Fact]
    public void Norms_cosines_and_conflicts_are_those_of_the_task_vectors()
    {
        // Changes (3, 4, 0) and (-3, 4, 1): inner product 7, norms 5 and sqrt(26); two elements are changed by both, one in both directions.
        MergeAnalysis analysis = MergeAnalysis.Measure(Plan(("a.0.w", [1f, 1, 1], [4f, 5, 1], [-2f, 5, 2])), cancellation: TestContext.Current.CancellationToken);
        Assert.True(analysis.OfTaskVectors);
        Assert.Equal(5, analysis.Norm("m1"), 6);
        Assert.Equal(Math.Sqrt(26), analysis.Norm("m2"), 6);
        Assert.Equal(7 / (5 * Math.Sqrt(26)), analysis.Cosine("m1", "m2"), 6);
        Assert.Equal(Math.Sqrt(3), analysis.BaseNorm, 6);
        Assert.Equal(0.5, analysis.ConflictShare, 12);
        Assert.Equal(0, analysis.Tensors[0].Layer);
    }

    [Fact]
    public void A_model_of_another_base_and_one_that_is_the_base_are_noticed()
    {
        IReadOnlyList<string> warnings = MergeAnalysis.Measure(Plan(("w", [1f, 1, 1], [-4f, 5, 1], [1f, 1, 1])), cancellation: TestContext.Current.CancellationToken).Warnings;
        Assert.Equal(2, warnings.Count);
        Assert.Contains("'m1' lies 3.7 times", warnings[0], StringComparison.Ordinal);
        Assert.Contains("'m2' is equal to the base", warnings[1], StringComparison.Ordinal);
        Assert.Empty(MergeAnalysis.Measure(Plan(("w", [1f, 1, 1], [1f, 1, 1.5f], [1f, 2, 1])), cancellation: TestContext.Current.CancellationToken).Warnings);
    }

    [Fact]
    public void The_page_is_well_formed_and_names_everything()
    {
        MergeAnalysis analysis = MergeAnalysis.Measure(Plan(("layers.0.w", [1f, 1], [2f, 0], [0f, 2]), ("layers.1.w", [1f, 1], [2f, 2], [2f, 2]), ("norm", [1f], [1f], [1f])), cancellation: TestContext.Current.CancellationToken);
        using var text = new StringWriter();
        MergeReport.Write(analysis, new MergeFacts("mine & yours", "ties", [("Seed", "0"), ("Empty", "")], ["watch <this>"], "models: []"), text);
        var page = new XmlDocument { XmlResolver = null };
        page.LoadXml(text.ToString().Replace("<!DOCTYPE html>", string.Empty, StringComparison.Ordinal));
        foreach (string expected in (string[])["mine & yours", "watch <this>", "m1", "m2", "layers.1.w", "models: []", "Sign conflict"]) Assert.Contains(expected, page.InnerText, StringComparison.Ordinal);
        Assert.DoesNotContain("Empty", page.InnerText, StringComparison.Ordinal);
    }

    private static MergePlan Plan(params (string Name, float[] Base, float[] First, float[] Second)[] tensors)
    {
        MergeMethod method = MergeMethods.Find("task_arithmetic");
        ParameterSet weight = ParameterSet.Resolve(method.ModelParameters, new Dictionary<string, object?> { ["weight"] = 0.5 }, "test");
        return new MergePlan([.. tensors.Select(tensor => new PlannedTensor(tensor.Name, SafetensorsType.F32, [tensor.Base.Length], method,
            [
                new MergeSource("base", new MemoryTensor(tensor.Name, [tensor.Base.Length], tensor.Base), true, ParameterSet.Empty),
                new MergeSource("m1", new MemoryTensor(tensor.Name, [tensor.Base.Length], tensor.First), false, weight),
                new MergeSource("m2", new MemoryTensor(tensor.Name, [tensor.Base.Length], tensor.Second), false, weight),
            ], ParameterSet.Resolve(method.Parameters, new Dictionary<string, object?>(), "test"), false))], MergeSettings.Default, []);
    }
}
