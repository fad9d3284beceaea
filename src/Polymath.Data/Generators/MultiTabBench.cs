using Polymath.Tensors;
using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Data.Generators;

/// <summary>
/// MultiTab-Bench: regression tables with a chosen number of tasks, exact task correlations and a difficulty per task
/// (Sinodinos, Wei, Armanfard, "MultiTab: A Scalable Foundation for Multitask Learning on Tabular Data", AAAI 2026; official code
/// Armanfard-Lab/MultiTab data/synthetic.py). y_i = sum_{k=1..deg_i} (w_i . x)^k + sigma_i e, x ~ N(0, I), e ~ N(0, 1).
/// </summary>
/// <remarks>
/// The official test set is a copy of the training set; here validation and test are drawn fresh with the same weights. Targets are
/// not scaled: the variance of a task grows fast with its degree (1, 3, 24, 144 for degrees 1 to 4).
/// </remarks>
/// <example><code>
/// MultiTabBenchData data = MultiTabBench.Generate(new MultiTabBenchOptions { Tasks = 5, Features = 12, Correlation = 0.4, Rows = 20_000 });
/// </code></example>
public static class MultiTabBench
{
    /// <summary>Generates the tables.</summary>
    /// <exception cref="TableException">An option is out of range.</exception>
    public static MultiTabBenchData Generate(MultiTabBenchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RandomStream root = new RandomStream(options.Seed).Derive("multitab-bench");
        RandomStream directions = root.Derive("directions");
        var raw = new double[options.Tasks, options.Features];
        for (int i = 0; i < options.Tasks; i++)
        {
            for (int j = 0; j < options.Features; j++) raw[i, j] = directions.NextNormalDouble();
        }

        double[,] weights = Weights(Orthonormalise(raw), options.CorrelationMatrix ?? EqualCorrelation(options.Tasks, options.Correlation));
        return new MultiTabBenchData(
            Draw("train", options.Rows),
            options.ValidationRows == 0 ? null : Draw("validation", options.ValidationRows),
            options.TestRows == 0 ? null : Draw("test", options.TestRows),
            weights,
            Gram(weights));

        Table Draw(string part, int rows) => DrawTable($"multitab-bench {part}", rows, weights, options.DegreeOf, options.NoiseOf, root.Derive(part));
    }

    /// <summary>Step 1: Gram-Schmidt row by row: subtract the projections on the rows before, then normalise.</summary>
    /// <param name="raw">U, <c>[tasks, features]</c>; left as it is.</param>
    public static double[,] Orthonormalise(double[,] raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        double[,] u = (double[,])raw.Clone();
        int tasks = u.GetLength(0), features = u.GetLength(1);
        for (int i = 0; i < tasks; i++)
        {
            for (int previous = 0; previous < i; previous++)
            {
                double projection = 0;
                for (int j = 0; j < features; j++) projection += u[i, j] * u[previous, j];
                for (int j = 0; j < features; j++) u[i, j] -= projection * u[previous, j];
            }

            double norm = 0;
            for (int j = 0; j < features; j++) norm += u[i, j] * u[i, j];
            norm = Math.Sqrt(norm);
            for (int j = 0; j < features; j++) u[i, j] /= norm;
        }

        return u;
    }

    /// <summary>Step 2: P = (1 - p) I + p 1 1^T.</summary>
    public static double[,] EqualCorrelation(int tasks, double correlation)
    {
        var matrix = new double[tasks, tasks];
        for (int i = 0; i < tasks; i++)
        {
            for (int j = 0; j < tasks; j++) matrix[i, j] = i == j ? 1 : correlation;
        }

        return matrix;
    }

    /// <summary>Step 3: P = Q diag(lambda) Q^T, W = Q diag(sqrt(max(lambda, 0))) U, so that W W^T = P. Q is not unique; W W^T is.</summary>
    public static double[,] Weights(double[,] orthonormal, double[,] correlations)
    {
        ArgumentNullException.ThrowIfNull(orthonormal);
        ArgumentNullException.ThrowIfNull(correlations);
        (double[] values, double[] vectors) = Eigen(correlations);
        int tasks = orthonormal.GetLength(0), features = orthonormal.GetLength(1);
        var weights = new double[tasks, features];
        for (int k = 0; k < tasks; k++)
        {
            double root = Math.Sqrt(Math.Max(values[k], 0));
            for (int i = 0; i < tasks; i++)
            {
                for (int j = 0; j < features; j++) weights[i, j] += vectors[(i * tasks) + k] * root * orthonormal[k, j];
            }
        }

        return weights;
    }

    /// <summary>Ascending eigenvalues and row-major eigenvectors of a symmetric matrix.</summary>
    internal static (double[] Values, double[] Vectors) Eigen(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        double[] flat = new double[n * n], values = new double[n], vectors = new double[n * n];
        for (int i = 0; i < flat.Length; i++) flat[i] = matrix[i / n, i % n];
        SymmetricEigen.Decompose(flat, values, vectors);
        return (values, vectors);
    }

    /// <summary>W W^T.</summary>
    public static double[,] Gram(double[,] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        int tasks = weights.GetLength(0);
        var gram = new double[tasks, tasks];
        for (int i = 0; i < tasks; i++)
        {
            for (int j = 0; j < tasks; j++)
            {
                for (int k = 0; k < weights.GetLength(1); k++) gram[i, j] += weights[i, k] * weights[j, k];
            }
        }

        return gram;
    }

    /// <summary>Step 5 for one row: y_i = sum_{k=1..deg_i} (w_i . x)^k + sigma_i e_i.</summary>
    /// <param name="weights">W, <c>[tasks, features]</c>.</param>
    /// <param name="degrees">One degree per task.</param>
    /// <param name="noise">One noise level per task.</param>
    /// <param name="x">Features of the row.</param>
    /// <param name="unitNoise">One standard normal draw per task.</param>
    /// <param name="y">Receives one value per task.</param>
    public static void Respond(double[,] weights, ReadOnlySpan<int> degrees, ReadOnlySpan<double> noise, ReadOnlySpan<double> x, ReadOnlySpan<double> unitNoise, Span<double> y)
    {
        ArgumentNullException.ThrowIfNull(weights);
        for (int task = 0; task < y.Length; task++)
        {
            double projection = 0, sum = 0, power = 1;
            for (int j = 0; j < x.Length; j++) projection += weights[task, j] * x[j];
            for (int k = 0; k < degrees[task]; k++) sum += power *= projection;
            y[task] = sum + (noise[task] * unitNoise[task]);
        }
    }

    private static Table DrawTable(string name, int rows, double[,] weights, int[] degrees, double[] noise, RandomStream stream)
    {
        int tasks = weights.GetLength(0), features = weights.GetLength(1);
        float[][] columns = [.. Enumerable.Range(0, features + tasks).Select(_ => new float[rows])];
        double[] x = new double[features], unitNoise = new double[tasks], y = new double[tasks];
        for (int row = 0; row < rows; row++)
        {
            // Rounded before use: the targets belong to the floats that the table holds.
            for (int j = 0; j < features; j++) x[j] = columns[j][row] = stream.NextNormal();
            for (int task = 0; task < tasks; task++) unitNoise[task] = stream.NextNormalDouble();
            Respond(weights, degrees, noise, x, unitNoise, y);
            for (int task = 0; task < tasks; task++) columns[features + task][row] = (float)y[task];
        }

        return new Table(name, columns.Select((values, i) => new NumericColumn(i < features ? $"x{i}" : $"y{i - features}", values)));
    }
}
