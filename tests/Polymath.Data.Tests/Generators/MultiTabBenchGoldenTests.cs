using System.Text.Json;
using Polymath.Data.Generators;

namespace Polymath.Tests;

/// <summary>The official generator with its draws recorded: U, P and W W^T from the draws, Y from the fixture's own W (Q is not unique).</summary>
public sealed class MultiTabBenchGoldenTests
{
    public static TheoryData<string> Files => SharedFiles.GoldenRows("multitab", "bench_");

    [Theory]
    [MemberData(nameof(Files))]
    public void The_generator_matches_the_official_one_on_recorded_draws(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require("multitab", file)));
        JsonElement root = document.RootElement, inputs = root.GetProperty("inputs"), expected = root.GetProperty("expected");
        JsonElement draws = inputs.GetProperty("draws"), tolerance = root.GetProperty("tolerance");
        int tasks = inputs.GetProperty("num_tasks").GetInt32();
        double[,] directions = MultiTabBench.Orthonormalise(Matrix(draws[0]));
        AssertClose(Matrix(expected.GetProperty("U_orthonormal")), directions, Tolerance(tolerance, "U"));
        double[,] correlations = MultiTabBench.EqualCorrelation(tasks, inputs.GetProperty("correlation").GetDouble());
        AssertClose(Matrix(expected.GetProperty("P")), correlations, Tolerance(tolerance, "WWt"));
        AssertClose(correlations, MultiTabBench.Gram(MultiTabBench.Weights(directions, correlations)), Tolerance(tolerance, "WWt"));

        double[,] weights = Matrix(expected.GetProperty("W")), x = Matrix(draws[1]);
        int[] degrees = [.. inputs.GetProperty("polynomial_degrees").EnumerateArray().Select(item => item.GetInt32())];
        double[] noise = [.. inputs.GetProperty("noise_levels").EnumerateArray().Select(item => item.GetDouble())];
        var y = new double[x.GetLength(0), tasks];
        for (int row = 0; row < x.GetLength(0); row++)
        {
            double[] values = new double[tasks], unit = [.. Enumerable.Range(0, tasks).Select(task => draws[2 + task][row].GetDouble())];
            MultiTabBench.Respond(weights, degrees, noise, [.. Enumerable.Range(0, x.GetLength(1)).Select(j => x[row, j])], unit, values);
            for (int task = 0; task < tasks; task++) y[row, task] = values[task];
        }

        AssertClose(Matrix(expected.GetProperty("Y")), y, Tolerance(tolerance, "Y"));
    }

    private static (double Relative, double Absolute) Tolerance(JsonElement tolerance, string name)
    {
        JsonElement entry = tolerance.GetProperty(name);
        return (entry.TryGetProperty("rtol", out JsonElement relative) ? relative.GetDouble() : 0, entry.GetProperty("atol").GetDouble());
    }

    private static double[,] Matrix(JsonElement rows)
    {
        var matrix = new double[rows.GetArrayLength(), rows[0].GetArrayLength()];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++) matrix[i, j] = rows[i][j].GetDouble();
        }

        return matrix;
    }

    private static void AssertClose(double[,] expected, double[,] actual, (double Relative, double Absolute) tolerance)
    {
        Assert.Equal((expected.GetLength(0), expected.GetLength(1)), (actual.GetLength(0), actual.GetLength(1)));
        for (int i = 0; i < expected.GetLength(0); i++)
        {
            for (int j = 0; j < expected.GetLength(1); j++)
            {
                double allowed = tolerance.Absolute + (tolerance.Relative * Math.Abs(expected[i, j]));
                Assert.True(Math.Abs(expected[i, j] - actual[i, j]) <= allowed, $"[{i}, {j}]: expected {expected[i, j]}, found {actual[i, j]}");
            }
        }
    }
}
