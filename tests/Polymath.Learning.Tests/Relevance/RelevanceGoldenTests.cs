using System.Text.Json;
using Polymath.Learning.Relevance;

namespace Polymath.Tests.Relevance;

public sealed class RelevanceGoldenTests
{
    public static TheoryData<string> Files => SharedFiles.GoldenRows("active-mtrl-lasso", "relevance");

    [Theory]
    [MemberData(nameof(Files))]
    public void Minimum_norm_relevance_matches_the_reference(string file)
    {
        foreach (Case one in Load(file))
        {
            RelevanceEstimate estimate = TaskRelevance.Estimate(one.Heads, one.Target, RelevanceNorm.L2);
            Equal(one, "nu2", one.Array("nu2"), estimate.Nu, one.Tolerance);
            Equal(one, "l1_of_nu2", [one.Number("l1_of_nu2")], [estimate.Norm1], one.Tolerance);
            Assert.Empty(estimate.Warnings);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Basis_pursuit_matches_the_linear_program(string file)
    {
        foreach (Case one in Load(file))
        {
            RelevanceEstimate estimate = TaskRelevance.Estimate(one.Heads, one.Target, RelevanceNorm.L1, lambda: 0);
            Equal(one, "l1_of_nu1", [one.Number("l1_of_nu1")], [estimate.Norm1], one.Tolerance);
            Assert.True(estimate.Residual <= 1e-10, $"{one.Where}: residual {estimate.Residual}");
            Assert.True(estimate.Support.Length <= one.Target.Length, $"{one.Where}: {estimate.Support.Length} non-zeros, expected a vertex");

            // The vertices of these cases are unique, but the file leaves the choice open: binding only where the supports agree.
            double[] expected = one.Array("nu1");
            if (estimate.Support.SequenceEqual(Enumerable.Range(0, expected.Length).Where(m => expected[m] != 0))) Equal(one, "nu1", expected, estimate.Nu, one.Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_lasso_path_matches_the_reference(string file)
    {
        foreach (Case one in Load(file))
        {
            double[] lambdas = Doubles(one.Inputs.GetProperty("lambdas")), objectives = one.Array("lasso_objective");
            double[][] coefficients = [.. one.Expected.GetProperty("lasso").EnumerateArray().Select(Doubles)];
            Assert.Equal(lambdas.Length, coefficients.Length);
            for (int i = 0; i < lambdas.Length; i++)
            {
                LassoSolution solution = Lasso.Solve(one.Heads, one.Target, lambdas[i]);
                Assert.True(solution.Converged, one.Where);
                Equal(one, $"lasso_objective[{i}]", [objectives[i]], [solution.Objective], 1e-8);
                Equal(one, $"lasso[{i}]", coefficients[i], solution.Coefficients, 1e-4);
                Assert.Equal(solution.Coefficients, TaskRelevance.Estimate(one.Heads, one.Target, RelevanceNorm.L1, lambdas[i]).Nu);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Allocations_match_the_reference(string file)
    {
        foreach (Case one in Load(file))
        {
            int total = one.Inputs.GetProperty("N_total").GetInt32(), floor = one.Inputs.GetProperty("N_min").GetInt32();
            int[] squared = SampleAllocator.Allocate(TaskRelevance.Estimate(one.Heads, one.Target, RelevanceNorm.L2).Nu, RelevanceNorm.L2, total, floor, exact: false);
            int[] absolute = SampleAllocator.Allocate(one.Array("nu1"), RelevanceNorm.L1, total, floor, exact: false);
            Equal(one, "alloc_L2", one.Array("alloc_L2"), [.. squared.Select(n => (double)n)], 1);
            Equal(one, "alloc_L1", one.Array("alloc_L1"), [.. absolute.Select(n => (double)n)], 1);
        }
    }

    private static void Equal(Case one, string what, double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{one.Where}: {what}[{i}] is {actual[i]:R}, expected {expected[i]:R} within {tolerance}");
        }
    }

    private static List<Case> Load(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("active-mtrl-lasso", file)));
        JsonElement root = document.RootElement.Clone(), expected = root.GetProperty("expected").GetProperty("cases");
        List<Case> cases = [];
        foreach (JsonProperty one in root.GetProperty("inputs").GetProperty("cases").EnumerateObject())
        {
            cases.Add(new Case($"{file} / {one.Name}", one.Value, expected.GetProperty(one.Name), root.GetProperty("tolerance").GetProperty("abs").GetDouble()));
        }

        Assert.NotEmpty(cases);
        return cases;
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private sealed record Case(string Where, JsonElement Inputs, JsonElement Expected, double Tolerance)
    {
        public double[] Heads { get; } = [.. Inputs.GetProperty("W").EnumerateArray().SelectMany(Doubles)];

        public double[] Target { get; } = Doubles(Inputs.GetProperty("w_target"));

        public double[] Array(string key) => Doubles(Expected.GetProperty(key));

        public double Number(string key) => Expected.GetProperty(key).GetDouble();
    }
}
