namespace Polymath.Data.Generators;

/// <summary>What <see cref="MultiTabBench"/> generates.</summary>
public sealed record MultiTabBenchOptions
{
    private static readonly int[] PaperDegrees = [1, 3, 2, 3, 4, 2, 3];
    private const double PaperNoise = 0.01;

    /// <summary>Number of tasks T, at least 1. Default: 7.</summary>
    public int Tasks { get; init; } = 7;

    /// <summary>Number of features D, at least T. Default: 32.</summary>
    public int Features { get; init; } = 32;

    /// <summary>Correlation p of every pair of tasks, in [-1/(T-1), 1]. Default: 0.4. Not used with <see cref="CorrelationMatrix"/>.</summary>
    public double Correlation { get; init; } = 0.4;

    /// <summary>Correlations <c>[tasks, tasks]</c>: symmetric, ones on the diagonal, positive semi-definite. Default: null, all pairs alike.</summary>
    public double[,]? CorrelationMatrix { get; init; }

    /// <summary>Polynomial degree of each task, at least 1. Default: null, the paper's 1, 3, 2, 3, 4, 2, 3, repeated.</summary>
    public IReadOnlyList<int>? Degrees { get; init; }

    /// <summary>Standard deviation of the noise of each task, at least 0. Default: null, 0.01 for every task.</summary>
    public IReadOnlyList<double>? Noise { get; init; }

    /// <summary>Training rows, at least 1. Default: 10,000.</summary>
    public int Rows { get; init; } = 10_000;

    /// <summary>Validation rows, drawn fresh with the same weights. Default: 0.</summary>
    public int ValidationRows { get; init; }

    /// <summary>Test rows, drawn fresh with the same weights. Default: 2,500.</summary>
    public int TestRows { get; init; } = 2_500;

    /// <summary>Seed of the random stream. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Degrees, one per task.</summary>
    internal int[] DegreeOf => Degrees is null ? [.. Enumerable.Range(0, Tasks).Select(task => PaperDegrees[task % PaperDegrees.Length])] : [.. Degrees];

    /// <summary>Noise levels, one per task.</summary>
    internal double[] NoiseOf => Noise is null ? [.. Enumerable.Repeat(PaperNoise, Tasks)] : [.. Noise];

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="TableException">An option is out of range; the message says which.</exception>
    internal void Validate()
    {
        if (Tasks < 1) throw Range("tasks", Tasks, "1 or more");
        if (Features < Tasks) throw Range("features", Features, $"{Tasks} or more, because {Tasks} tasks need as many orthogonal directions");
        if (Rows < 1) throw Range("rows", Rows, "1 or more");
        if (ValidationRows < 0) throw Range("validation rows", ValidationRows, "0 or more");
        if (TestRows < 0) throw Range("test rows", TestRows, "0 or more");
        double lowest = Tasks == 1 ? -1 : -1.0 / (Tasks - 1);
        if (CorrelationMatrix is null && !(Correlation >= lowest && Correlation <= 1)) throw Range("correlation", Correlation, $"a number from {lowest:G6} (-1/(tasks - 1)) to 1");
        if (CorrelationMatrix is not null) ValidateMatrix(CorrelationMatrix);
        if (Degrees is not null && Degrees.Count != Tasks) throw Range("degrees", $"{Degrees.Count} values", $"{Tasks}, one per task");
        if (Noise is not null && Noise.Count != Tasks) throw Range("noise", $"{Noise.Count} values", $"{Tasks}, one per task");
        foreach (int degree in DegreeOf) if (degree < 1) throw Range("degree", degree, "1 or more");
        foreach (double level in NoiseOf) if (!(level >= 0 && double.IsFinite(level))) throw Range("noise", level, "0 or more");
    }

    private void ValidateMatrix(double[,] matrix)
    {
        if (matrix.GetLength(0) != Tasks || matrix.GetLength(1) != Tasks) throw Range("correlation matrix", $"{matrix.GetLength(0)} x {matrix.GetLength(1)}", $"{Tasks} x {Tasks}");
        const double Tolerance = 1e-6;
        for (int i = 0; i < Tasks; i++)
        {
            if (!(Math.Abs(matrix[i, i] - 1) <= Tolerance)) throw Range($"correlation matrix [{i}, {i}]", matrix[i, i], "1 on the diagonal");
            for (int j = 0; j < i; j++)
            {
                if (!(Math.Abs(matrix[i, j] - matrix[j, i]) <= Tolerance)) throw Range($"correlation matrix [{i}, {j}]", matrix[i, j], $"{matrix[j, i]} as in [{j}, {i}], a symmetric matrix");
            }
        }

        double smallest = MultiTabBench.Eigen(matrix).Values[0];
        if (smallest < -Tolerance) throw Range("correlation matrix", $"a smallest eigenvalue of {smallest:G6}", "a positive semi-definite matrix");
    }

    private static TableException Range(string option, object found, string expected) => new($"{option}: found {found}, expected {expected}.");
}
