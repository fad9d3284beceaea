using Polymath.Data;
using Polymath.Data.Generators;

namespace Polymath.Tests;

public sealed class MultiTabBenchTests
{
    [Theory]
    [InlineData(5, 12, 0.4)]
    [InlineData(3, 3, -0.5)]
    [InlineData(7, 32, 1.0)]
    [InlineData(1, 1, 0.0)]
    [InlineData(40, 64, 0.9)]
    public void Task_correlations_are_exact(int tasks, int features, double correlation)
    {
        MultiTabBenchData data = MultiTabBench.Generate(new MultiTabBenchOptions { Tasks = tasks, Features = features, Correlation = correlation, Rows = 2, TestRows = 1, Seed = 9 });
        for (int i = 0; i < tasks; i++)
        {
            for (int j = 0; j < tasks; j++) Assert.Equal(i == j ? 1 : correlation, data.GramMatrix[i, j], 1e-10);
        }
    }

    [Fact]
    public void A_full_correlation_matrix_is_met()
    {
        double[,] wanted = { { 1, 0.5, -0.2 }, { 0.5, 1, 0.1 }, { -0.2, 0.1, 1 } };
        double[,] gram = MultiTabBench.Generate(new MultiTabBenchOptions { Tasks = 3, Features = 5, CorrelationMatrix = wanted, Rows = 1 }).GramMatrix;
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++) Assert.Equal(wanted[i, j], gram[i, j], 1e-10);
        }
    }

    [Fact]
    public void Targets_without_noise_are_the_polynomials_of_the_rows_and_parts_share_the_weights()
    {
        MultiTabBenchData data = MultiTabBench.Generate(new MultiTabBenchOptions { Tasks = 2, Features = 4, Degrees = [1, 3], Noise = [0, 0], Rows = 50, ValidationRows = 20, TestRows = 30 });
        Assert.Equal((50, 20, 30), (data.Train.Rows, data.Validation!.Rows, data.Test!.Rows));
        Assert.Equal(["x0", "x1", "x2", "x3", "y0", "y1"], data.Train.ColumnNames);
        foreach (Table table in new[] { data.Train, data.Validation, data.Test })
        {
            for (int row = 0; row < table.Rows; row++)
            {
                double[] s = [0, 0];
                for (int j = 0; j < 4; j++)
                {
                    float x = ((NumericColumn)table[$"x{j}"]).Values[row];
                    s[0] += data.Weights[0, j] * x;
                    s[1] += data.Weights[1, j] * x;
                }

                Assert.Equal(s[0], ((NumericColumn)table["y0"]).Values[row], 1e-5);
                Assert.Equal(s[1] + Math.Pow(s[1], 2) + Math.Pow(s[1], 3), ((NumericColumn)table["y1"]).Values[row], 1e-4 * (1 + Math.Abs(Math.Pow(s[1], 3))));
            }
        }

        Assert.NotEqual(data.Train["x0"].Text(0), data.Test["x0"].Text(0));
    }

    [Fact]
    public void Variances_grow_with_the_degree_as_derived()
    {
        var options = new MultiTabBenchOptions { Tasks = 3, Features = 6, Degrees = [1, 2, 3], Noise = [0, 0, 0], Rows = 200_000, TestRows = 0 };
        Table table = MultiTabBench.Generate(options).Train;
        double[] expected = [1, 3, 24];
        for (int task = 0; task < 3; task++)
        {
            double deviation = TargetScale.Of(((NumericColumn)table[$"y{task}"]).Values).Deviation;
            Assert.Equal(1, deviation * deviation / expected[task], 0.06);
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        var options = new MultiTabBenchOptions { Tasks = 2, Features = 3, Rows = 5, TestRows = 0, Seed = 4 };
        Assert.Equal(Values(options), Values(options));
        Assert.NotEqual(Values(options), Values(options with { Seed = 5 }));

        static float[] Values(MultiTabBenchOptions options) => ((NumericColumn)MultiTabBench.Generate(options).Train["y1"]).Values.ToArray();
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var good = new MultiTabBenchOptions { Tasks = 3, Features = 6, Rows = 2 };
        Fails(good with { Tasks = 0 }, "tasks", "0");
        Fails(good with { Features = 2 }, "features", "2", "3 or more");
        Fails(good with { Rows = 0 }, "rows");
        Fails(good with { TestRows = -1 }, "test rows");
        Fails(good with { Correlation = -0.51 }, "correlation", "-0.51", "-0.5");
        Fails(good with { Correlation = 1.01 }, "correlation", "to 1");
        Fails(good with { Correlation = double.NaN }, "correlation");
        Fails(good with { Degrees = [1, 2] }, "degrees", "2 values", "3, one per task");
        Fails(good with { Degrees = [1, 0, 2] }, "degree", "0");
        Fails(good with { Noise = [0.1] }, "noise", "1 values");
        Fails(good with { Noise = [0.1, -1, 0] }, "noise", "-1");
        Fails(good with { CorrelationMatrix = new double[2, 2] }, "correlation matrix", "2 x 2", "3 x 3");
        Fails(good with { CorrelationMatrix = new[,] { { 1, 0, 0 }, { 0, 0.5, 0 }, { 0, 0, 1 } } }, "[1, 1]", "0.5", "diagonal");
        Fails(good with { CorrelationMatrix = new[,] { { 1, 0.2, 0 }, { 0.3, 1, 0 }, { 0, 0, 1 } } }, "symmetric");
        Fails(good with { CorrelationMatrix = new[,] { { 1, 0.9, -0.9 }, { 0.9, 1, 0.9 }, { -0.9, 0.9, 1 } } }, "positive semi-definite");

        static void Fails(MultiTabBenchOptions options, params string[] parts) => Expect.Sentence(() => MultiTabBench.Generate(options), parts);
    }
}
